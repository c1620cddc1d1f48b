"""Odoo 19 with everything it needs, set up from nothing in one ignored folder.

`serve.py`, `test.py` and `odoo.py` share this package, which uses the standard library only:

    layout      where things are
    console     what a person reads while it works, and the one kind of error
    files       locks, checksums, folders that are complete or not there
    system      packages of the operating system
    debian      packages fetched from Debian without touching the system
    source      Odoo itself
    python_env  the virtual environment
    pdf         wkhtmltopdf
    postgres    the database server
    database    databases and templates to clone them from
    browser     Chromium, to take pictures
    addons      this repository's add-ons
    runtime     all of it together: run an Odoo command
    suite       which tests exist, which of them ran
"""
