"""Let no test read the settings of the person who runs it."""

import os

os.environ["TOLMACH_CONFIG"] = os.devnull
