"""hengshui_etl: reads the figures of Chinese local government articles and checks their arithmetic exactly.

Nothing is imported here but what finds compiled modules, so that `hengshui-etl check` starts at once.
"""

from hengshui_etl.compiled import use_compiled

__version__ = "0.1.0"

use_compiled()
