"""Which time governs which figure: what every time word of an article does to the times in force.

Belongs here: what is said to hold when, handed on from word to clause, sentence, paragraph and article. Does not belong
here: the times in force themselves (inforce.py), what a figure's own clause adds (dating.py), what days a time word
names (periods.py), finding it (scan.py).

The press speaks of one main span (前三季度) and of states at its end (截至9月底); other times (去年同期, 二季度, 目前)
are asides.
What a clause names governs it; a new sentence goes back to what its paragraph began with, a new paragraph to what the
article began with, stocks (余额, 存栏) to the last state and flows (发放, 新增) to the last span.
"""

from __future__ import annotations

from hengshui_etl.figures.censuses import census_named, is_standard_time
from hengshui_etl.figures.found import Time
from hengshui_etl.figures.leads import (
    BASIS,
    BEFORE_IT,
    CEREMONY,
    CHANGES,
    COMPARED,
    COUNTED,
    DAY_ALONE,
    DAY_SINCE,
    DAYS_ALONE,
    DECIDED,
    DIGITS,
    EMBEDDED,
    ENDED,
    ENDS,
    EVENT,
    GOAL,
    HELD_ON,
    IS,
    LISTED_IN,
    MEETING,
    MIDNIGHT,
    PEAK,
    PLAN_NAME,
    PREVIOUS,
    PRICES,
    PROMISED,
    SAME_DAYS,
    SAME_IS,
    SCENE,
    SINCE,
    TARGET,
    TO_DAY,
    TOP,
    YEARS_AGO,
    is_beside,
    lead_of,
)
from hengshui_etl.figures.periods import (
    NOW,
    Moment,
    forward,
    inside,
    is_before,
    is_brief,
    moment_of,
    quarters_of,
    season_of,
    so_far,
    whole_year,
    year_to,
)
from hengshui_etl.figures.seasons import season_before
from hengshui_etl.figures.years import Years
from hengshui_etl.records import Period
from hengshui_etl.vocab import toml, words


class Times(Years):
    """The times in force, and what every time word does to them."""

    def heed(self, time: Time, end: int) -> None:
        """Take note of a time word."""
        text, word = self.text, time.text
        after = text[time.till : time.till + 16]
        earlier = text[max(self.sentence_at, time.at - 12) : time.at]
        if "普" in word and (counted := census_named(word, text)) is not None:
            self._heed_census(Moment(Period(None, counted), True, False, True), time, earlier)
            return
        if self._heed_event(time, end, after, earlier):
            return
        if word in _SO_MANY_QUARTERS:
            return
        if word == "当年":
            self._heed_that_year(time)
            return
        if word in ("年度", "同期", "同比", "环比", "往年", "平日", "本期"):
            head = time.at - self.sentence_at <= 1 and after[:1] in ("，", ",")
            if word == "同期" and head and self.former is not None:
                self.moment, self.fresh = self.former, True  # 同期，: what the sentence before told of
            elif word == "同期" and self.moment is not None and COMPARED.search(earlier):
                self._take_base(Moment(self.year_before(self.moment.period), False, False, True), time)
            return
        new_year = word in ("年初", "今年初") or (word == "上年初" and earlier.endswith("加"))  # 加上年初滚存的
        if new_year and self._heed_new_year(time):
            return
        if (
            (word == "年初" and earlier.endswith("末"))
            or after.startswith(EMBEDDED)
            or (
                word == "年初"
                and (after[:1] in _LUNAR or GOAL.match(after) or DECIDED.match(after) or PROMISED.match(after))
            )
        ):
            return
        governing = self.moment or self.default
        if earlier.endswith(LISTED_IN) or (
            word in ("现在", "月初") and earlier.endswith(("出", "呈", "体", "表", "实", "正"))
        ):
            return
        if word in _LAST_ROUND:
            if governing is not None:
                self._take_base(governing._replace(period=self.year_before(governing.period)), time)
            return
        if word == "届时":
            if self.fresh and governing is not None and self._is_ahead(governing):
                self.moment = self.aside = Moment(Period(None, governing.period.last), True, False, True)
            return
        if word in ENDS:
            span = self.flow or self.default
            if span is not None and span.period.last is not None:
                self._govern(Moment(Period(None, span.period.last), True, False, True), time.at)
            return
        if (
            word.endswith("年前")
            and (ago := YEARS_AGO.match(word))
            and (governing := self.moment or self.default) is not None
        ):
            period = governing.period
            for _ in range(DIGITS[ago[1]]):
                period = self.year_before(period)
            self._take_base(governing._replace(period=period), time)
            return
        if word == "年内" and after.startswith(TOP):
            return
        if word == "当月":
            self._this_month(time.at)
            return
        if self.last_time is not None and DAY_ALONE.match(word):
            joint = text[self.last_time[0] : time.at]
            first = self.last_time[1].period.first
            if first is not None and (joint == "、" or (self.from_day and TO_DAY.match(joint))):
                word = f"{first.month}月{word}"
        plan = PLAN_NAME.match(word) if "五" in word else None
        if plan and not plan["edge"] and after[:1] not in "，," and not after.startswith(_ALL_TOLD):
            return
        if DAY_ALONE.match(word) and (led := self._day_of_span(word)):
            word = led  # 大年初三（12日）人潮最旺
        if (days := DAYS_ALONE.match(word)) is not None:
            word = self._month_of_days(int(days["day"])) + word  # 27日20时至29日8时
        bracketed = earlier[-1:] in "（(" and earlier != "" and time.at - self.named_till <= 6
        spoken = self.named_year if bracketed else self.year
        if earlier.endswith(("截至", "截止")) and not self.fresh and spoken is not None:
            spoken = self._year_until(word, spoken)
        moment = moment_of(word, self.published, spoken, self.latest)
        if bracketed and moment is not None and self.base is not None and time.at - self.base_till <= 6:
            self.base, self.base_till = moment, time.till  # 与去年春节（1月20日至29日，共10天）的168.3万人次相比
            return
        if (
            bracketed
            and moment is not None
            and moment.day
            and self.moment is not None
            and self.moment.as_of
            and self.fresh
        ):
            moment = Moment(Period(None, moment.period.last), True, False, True)  # 2021学年初（9月1日）
        if bracketed and moment is not None and moment.day and self.named_day == moment.period.last:
            return  # 今日（24日）
        if moment is not None and moment.period.last is not None:
            self.named_day = moment.period.last if moment.day else None
            self.named_till, self.named_year = time.till, moment.period.last.year
        if moment is not None and word.startswith(("过去", "刚刚过去")) and not word.endswith("一年"):
            self.moment = self.aside = self.past = moment
            self.fresh, self.base = True, None
            return
        if moment is None and word.endswith("期"):
            moment = season_of(word, self.province, self.published)
            if moment is not None and word.startswith("上一"):
                self._take_base(moment, time)
                return
        if plan and plan["edge"] == "以来" and self.published is None:
            governing = self.moment or self.default
            whole = moment_of(word.removesuffix("以来"), None, None)
            if governing is not None and governing.period.last is not None and whole is not None:
                moment = whole._replace(period=Period(whole.period.first, governing.period.last))
        if moment is None:
            return
        if plan and plan["edge"] == "以来" and moment.period.first and (told_to := self.main_end()):
            moment = moment._replace(period=Period(moment.period.first, told_to))
        if not moment.named or not word[:1].isdigit():
            moment = self._of_last_year(word, moment, after)
        if after.startswith(MIDNIGHT) or word.endswith("零时"):
            moment = moment._replace(period=Period(None, moment.period.last), as_of=True, day=False)
        if moment.whole_year and "普" in after[:12] and census_named(after, text) is not None:
            return  # the census itself says of which day
        if "标准" in after and is_standard_time(after) and moment.period.last is not None:
            self._count_of(moment.period.last)
            return
        if after.startswith("零时") or word.endswith("零时"):
            self.census = moment.period.last
        compared, source, changed = lead_of(earlier)
        if compared and earlier[-7:].strip() and is_beside(earlier, text[time.till : time.till + 48]):
            compared = False
        source = (source and not moment.as_of) or earlier.endswith(("由", "从"))
        if (word.endswith("以来") and not compared) or earlier.endswith("自"):
            source = compared = False
        if word.endswith("同期") or (word.endswith("年") and SAME_DAYS.match(after)):
            governing = self.moment or self.default
            if governing is not None and governing.period.last is not None and moment.period.last is not None:
                period = governing.period
                for _ in range(max(0, min(governing.period.last.year - moment.period.last.year, 30))):
                    period = self.year_before(period)
                moment = moment._replace(period=period, as_of=governing.as_of)
            if compared or IS.match(after) or SAME_IS.match(after):
                self._take_base(moment, time, same=True)
            elif after.startswith("数"):
                self.moment, self.fresh = moment, True
            return
        last_season = season_before(governing.period) if governing is not None else None
        if last_season is not None and (PREVIOUS.match(word) or word == "去年"):
            moment = Moment(last_season, False, False, True)
            self._take_base(moment, time)
            return
        if PREVIOUS.match(word) or word in ("上年末", "上年底"):
            if compared or source or IS.match(after) or changed:
                self._take_base(moment, time, source)
            return
        if earlier.endswith(("按", "以", "按照")):
            if moment.as_of and not PRICES.match(after):
                self.once, self.once_till = moment, time.till + 16
            if moment.as_of or PRICES.match(after):
                return
        if compared or source or changed:
            self._take_base(moment, time, source)
            return
        governing = self.moment or self.default
        if after[:1] in "的（(" and after[:1] and governing is not None and IS.match(after):
            self._take_base(moment, time)
            return
        if earlier.endswith("在") and BASIS.match(text, time.till, time.till + 32):
            self._take_base(moment, time)  # 在2020年237列的基础上多开79列
            return
        if after.startswith(_SET_THEN):
            self._take_base(moment, time)
            return
        if (
            governing is not None
            and self._told(time.at)
            and IS.match(after)
            and (after[1:3] not in CHANGES or earlier.endswith("而"))
            and is_before(moment, governing)
        ):
            self._take_base(moment, time)
            return
        if (
            earlier.endswith(("为", "是"))
            and not (moment.day and PEAK.search(earlier))
            and not (word == "今年" and COUNTED.match(after))
            and not earlier.endswith(("因为", "认为", "作为"))
        ):
            self._take_base(moment, time)
            return
        if word in ("年底", "年内") and after[:1] != "有" and moment.period.last and TARGET.search(earlier):
            ahead = whole_year(moment.period, self.published)
            if ahead is not None and (word == "年内" or after.startswith(("前", "之前"))):
                self.moment = self.aside = Moment(ahead, False, False, True)
                self.fresh, self.within_year, self.base = True, True, None  # 预计年底前投用2个
                return
        before_it = after.startswith(("前", "之前")) and not moment.day and not moment.whole_year
        if before_it and self._is_ahead(moment) and TARGET.search(earlier):
            self.moment = self.aside = Moment(Period(None, moment.period.last), True, False, True)
            self.fresh, self.base = True, None  # 确保11月底前拨付率达到95%以上
            return
        if (
            (word.endswith("前") and word not in NOW)
            or (after.startswith(("前", "之前")) and not moment.day)
            or (word.endswith("月") and BEFORE_IT.match(after))
        ):
            return
        if (
            earlier[-1:] in "仅是"
            and earlier.endswith(("仅", "单是", "光是"))
            and self._told(time.at)
            and not moment.as_of
        ):
            self.once, self.once_till = moment, time.till + 16
            return
        span = self.lead or self.default
        if moment.day and earlier.rstrip("，, ").endswith("其中") and span is not None and inside(moment, span):
            self.resumed = span  # 其中2月12日达到32.4万辆次；小客车203.9万辆次
        main = self.moment or self.default
        over = main is not None and (is_brief(main.period) or main.period.last == moment.period.last)
        if moment.day and over and ENDED.match(text, time.till, time.till + 40):
            return  # 2023年暑运昨日结束
        if moment.day and self.default is not None and is_brief(self.default.period) and HELD_ON.match(after):
            return  # 花车巡游分别于年初三和年初八举行，18辆花车参与
        scene = moment.day and self.body and not self.settled and SCENE.match(text, time.till, time.till + 48)
        if scene and CEREMONY.match(text, time.till, time.till + 100) is None:
            return
        if moment.day and self._of_report(time, end, earlier):
            near = moment_of(word, self.published, None)  # the headline may speak of another year
            self.told_on = (near or moment).period.last
            if moment.period.last and self.year is None:
                self.year = moment.period.last.year
            return
        if GOAL.match(after) and ("全年" in word or "年度" in word):
            year = whole_year((self.moment or self.default or moment).period, self.published) or moment.period
            self.once, self.once_till = Moment(year, False, False, True), time.till + 16
            return
        if not moment.day and not moment.as_of and EVENT.match(text, time.till, time.till + 24):
            return
        if not moment.day and MEETING.match(text, time.till, time.till + 60):
            if self.default is None:
                self.default = moment
            if not moment.as_of and self.flow is None:
                self.flow = moment
            return
        if not moment.named and moment.as_of and word not in NOW:
            return
        if moment.as_of and word in ("如今", "现在", "当前", "眼下") and self.moment:
            self._turn_to_now(moment, time)
            return
        if (run := self._run_to(moment, time)) is not None:
            moment, self.last_time = run, None
        elif earlier.endswith(("截至", "截止", "到", "至")) and not moment.as_of and not moment.whole_year:
            moment = moment._replace(period=Period(None, moment.period.last), as_of=True)
        since = (SINCE.match(after) and not self._is_near_year(moment)) or (moment.day and DAY_SINCE.match(after))
        if since and self.body and self.published and moment.period.first and not moment.as_of:
            until = self.main_end() or self.published
            if moment.period.first <= until:
                self.moment = self.aside = Moment(Period(moment.period.first, until), False, False, True)
                self.fresh = True
                self.base = None
            return
        if (
            (word == "去年以来" or (word in ("今年以来", "年初以来") and not self.settled))
            and (told := self.main_end())
            and moment.period.first is not None
        ):
            moment = moment._replace(period=Period(moment.period.first, told))
        if moment.day and not moment.as_of:
            self.event = True
        began = self.last_time[1].period.first if self.from_day and self.last_time is not None else None
        if self.last_time is not None and moment.day and text[self.last_time[0] : time.at] in ("至", "到"):
            began = self.last_time[1].period.first  # 8日至10日
        if began is not None and self.last_time is not None and TO_DAY.match(text[self.last_time[0] : time.at]):
            moment = Moment(Period(began, moment.period.last), False, False, True)  # 自1月7日春运开始至27日
            self.last_time = None
        self.from_day = moment.day and earlier.endswith(("自", "从"))
        listed = False
        if self.last_time is not None and text[self.last_time[0] : time.at] == "、" and not moment.as_of:
            single = moment
            both = forward(Period(self.last_time[1].period.first, moment.period.last))
            if both is not None:  # printed in May, 6月、10月 are of two years
                moment = moment._replace(period=both, day=False)
            self.days = [*(self.days[:-1][-31:] or [self.last_time[1]]), single, moment]
            listed = len(self.days) > 3
        self.last_time = (time.till, moment)
        if word.endswith("季度") and len(word) == 5 and ("依次" in after or "分别" in after):
            self.days = [*quarters_of(moment), moment]
        if "学年" in word and moment.period.last is not None:
            self.flow = Moment(year_to(moment.period), False, False, True)
        if plan and plan["edge"] in ("末", "期末"):
            whole = moment_of(word.removesuffix("末").removesuffix("期"), None, None)
            self.plan_end = (moment, whole.period) if whole is not None else None
        if self.this_year and self.fresh and moment.as_of and earlier.endswith("到") and self.moment is not None:
            self.state = moment
            moment = so_far(self.moment, moment)
        if self._is_held(moment, time):
            self._happened(moment)
        self.this_year = word in ("今年", "本年")
        if self.this_year and self.fresh and self.moment is not None and self.moment.as_of:
            moment = so_far(moment, self.moment)
        self.within_year = word in ("年内", "年底前")
        lead = self.lead
        self._govern(moment, time.at)
        if listed:  # 3月、6月、9月先后三次: an aside
            self.aside = moment
            self.lead = lead


_LAST_ROUND = frozenset(words(toml("periods")["last_round"]))
_SET_THEN = ("创下的", "创造的", "保持的", "留下的")
"""Behind the time of a record that another breaks."""
_ALL_TOLD = ("共", "累计", "合计", "总计", "总共", "五年")
"""What follows the name of a plan that is meant as its years (“十三五”共完成投资)."""
_SO_MANY_QUARTERS = frozenset(("一个季度", "两个季度", "三个季度", "四个季度"))
"""They say how many, and not which."""
_LUNAR = frozenset("一二三四五六七八九十")
"""大年初三 is a day of the lunar year, and not its beginning."""
