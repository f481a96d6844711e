"""`python -m foretap_models`."""

import sys

from foretap_models.command import main

sys.exit(main())
