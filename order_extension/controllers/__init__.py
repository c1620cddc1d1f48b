from . import evidence
from . import portal
from . import portal_answers
