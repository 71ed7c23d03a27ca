"""hengshui_etl: reads the figures of Chinese local government articles and checks their arithmetic exactly.

Nothing is imported here, so that `hengshui-etl check` starts at once.
"""

__version__ = "0.1.0"
