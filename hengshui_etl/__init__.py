"""hengshui_etl: reads the figures of Chinese local government articles and checks their arithmetic exactly.

Nothing is imported here, so that `hengshui-etl check` starts at once, unless there are compiled modules to be found.
"""

import os
import sys

__version__ = "0.1.0"

if os.environ.get("HENGSHUI_COMPILED") != "0" and os.path.isdir(os.path.join(sys.prefix, "hengshui-compiled")):
    from hengshui_etl.compiled import use_compiled

    use_compiled()
