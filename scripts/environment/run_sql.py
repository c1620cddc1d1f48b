"""Run statements on the database server. Runs inside the virtual environment, which has the driver.

Reads {"connect": {…}, "statements": [[sql, parameters], …]} and writes the last statement's rows, as JSON.
"""

import json
import sys

import psycopg2


def main() -> None:
    request = json.load(sys.stdin)
    connection = psycopg2.connect(**request["connect"])
    connection.autocommit = True
    rows = []
    with connection.cursor() as cursor:
        for statement, parameters in request["statements"]:
            cursor.execute(statement, parameters or None)
            rows = cursor.fetchall() if cursor.description else []
    json.dump(rows, sys.stdout, default=str)


if __name__ == "__main__":
    main()
