"""What the header of a table column says of its cells, and which cells say nothing.

All functions take a header as :func:`gateway.detect.context.spread` makes it: words in lower case.
"""

from __future__ import annotations

import re

_HARMLESS_SPACED = """
    amount amt total subtotal sum price unit·price cost costs fee fees qty quantity units count balance
    debit revenue sales turnover profit margin tax·rate vat rate percent percentage pct ratio weight
    length width height depth volume size area temperature temp pressure voltage current power speed
    score points goals rank minutes hours days seconds duration elapsed year month date datetime time
    timestamp created created·at updated updated·at modified expires version build release revision
    hash checksum digest sha sha1 sha256 sha512 md5 crc commit uuid guid sku ean ean13 upc gtin
    isbn isbn10 isbn13 issn doi barcode part part·no part·number part·id item·no item·number item·code
    article·no article·number product·code product·id model order order·no order·number order·id
    po po·no po·number purchase·order tracking tracking·no tracking·number waybill awb shipment
    consignment container batch lot lot·no serial serial·no serial·number bytes offset port ticks pid
    tid line line·no row seq sequence index sort stock on·hand inventory isin cusip sedol ticker
    gl·account ledger·account account·code cost·centre cost·center cas cas·no formula reading sensor
    value test·case measurement budget forecast actual variance assets liabilities equity hits visits views
    clicks requests sessions impressions latency ms kb mb gb epoch unix·time
"""
_HARMLESS_GLUED = """
    数量 金额 单价 总价 价格 原价 售价 合计 小计 总计 余额 成本 费用 收入 支出 利润 税额 税率 折扣 百分比 比例 占比
    重量 长度 宽度 高度 体积 面积 温度 湿度 压力 电压 电流 功率 速度 年份 月份 日期 时间 时间戳 工时 时长 版本 批号
    批次 序列号 条码 条形码 料号 物料编码 物料号 商品编码 产品编号 型号 规格 订单 单号 运单 物流 快递 流水号 凭证
    科目 货号 库存 得分 积分 次数 点击 访问量 浏览量 哈希 校验 预算 增长率 销量 销售额 营业额 产量 股票代码 证券代码
    數量 金額 單價 總價 價格 日期 時間 訂單 單號 庫存
"""
_THINGS_SPACED = """
    product products product·name item item·name article goods material part part·name component
    brand model category type species chemical compound substance team club opponent country city
    region currency ticker symbol instrument security department account·name gl·account ledger
    software package library module function file file·name filename path hostname host book title
    recipe dish ingredient colour color status stage sport league venue
"""
_THINGS_GLUED = """
    产品 商品 品名 名称 物料 材料 型号 规格 品牌 类别 分类 种类 科目 项目 城市 地区 国家 省份 部门 球队 状态 书名 标题
    菜名 颜色 单位 產品 商品 品名 名稱 類別 部門
"""
_PEOPLE_SPACED = """
    full·name first·name last·name middle·name given·name family·name surname forename maiden·name
    employee employee·name customer·name client·name patient patient·name student student·name
    contact·name contact·person emergency·contact cardholder card·holder account·holder beneficiary
    attendee participant passenger passenger·name guest guest·name recipient·name applicant candidate
    tenant landlord salesperson sales·rep supervisor teacher instructor doctor physician nurse spouse
    next·of·kin signatory assignee reported·by approved·by prepared·by reviewed·by signed·by
    nom prénom apellido apellidos nombre·completo vorname nachname cognome
"""
_PEOPLE_GLUED = """
    姓名 联系人 負責人 负责人 经办人 收件人 收货人 寄件人 发件人 申请人 审批人 审核人 法定代表人 监护人 户主 持卡人 被保险人
    投保人 受益人 签收人 制表人 患者 病人 导师 班主任 学生 员工 乘客 旅客 参会人 当事人 原告 被告 配偶 父亲 母亲 聯絡人
    收件人 申請人
"""
_PERHAPS_PEOPLE_SPACED = """
    name names contact customer client owner user author manager recipient sender buyer seller agent
    representative member holder by nombre
"""
_PERHAPS_PEOPLE_GLUED = "客户 用户 名字 作者 经理 会员 业主 卖家 买家 主管 人员 客戶 用戶"


def _pattern(spaced: str, glued: str) -> re.Pattern[str]:
    """Whole words for scripts with spaces; ideographs count anywhere."""
    words = sorted((word.replace("·", " ") for word in spaced.split()), key=len, reverse=True)
    return re.compile(f"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z])|{'|'.join(glued.split())}")


_HARMLESS = _pattern(_HARMLESS_SPACED, _HARMLESS_GLUED)
_THINGS = _pattern(_THINGS_SPACED, _THINGS_GLUED)
_PEOPLE = _pattern(_PEOPLE_SPACED, _PEOPLE_GLUED)
_PERHAPS_PEOPLE = _pattern(_PERHAPS_PEOPLE_SPACED, _PERHAPS_PEOPLE_GLUED)

_NOTHING = re.compile(
    r"(?:[\W_]|n/?a|none|null|nil|nan|unknown|tbd|tba|not (?:available|applicable|provided|known)"
    r"|withheld|redacted|see above|same|ditto|无|無|没有|未知|不详|不明|待定|空|暂无|未提供|未填|同上|略)*",
    re.IGNORECASE,
)
_LONGEST_NOTHING = 24

_NAMES = re.compile(
    r"(?:[\u3400-\u9fff]{2,4}|[\u3400-\u9fff] {1,2}[\u3400-\u9fff]{1,2}"
    r"|[\u3400-\u9fff]{2,8}·[\u3400-\u9fff·]{2,10}|[\uac00-\ud7a3]{2,4}"
    r"|[\u3040-\u30ff\u3400-\u9fff]{1,6}[ 　]?[\u3040-\u30ff\u3400-\u9fff]{1,6}"
    r"|[^\W\d_][^\W\d_'’-]*\.?(?:[ ,'’-]{1,2}[^\W\d_][^\W\d_'’-]*\.?){0,4})"
)
_LONGEST_NAME = 48
_NOBODY = re.compile(
    r"(?:grand )?totals?|sub-?totals?|sum|average|mean|max|min|all|others?|various|vacant|open|staff"
    r"|admin(?:istrator)?|system|root|guest|user|test|bot|yes|no|true|false|active|inactive|pending"
    r"|done|male|female|[男女]|合计|小计|总计|平均|其他|其它|全部|系统|管理员|空缺|完成|在职|离职|是|否|有",
    re.IGNORECASE,
)


def is_harmless(header: str) -> bool:
    """Whether it speaks of amounts, dates, or numbers of things, which are nobody's."""
    return _HARMLESS.search(header) is not None


def without_harmless(header: str) -> str:
    """The words that are left when those are taken out that make it harmless."""
    return _HARMLESS.sub("-", header)


def names_things(header: str) -> bool:
    """Whether it speaks of products, places or the like, whose names may be read as people's."""
    return _THINGS.search(header) is not None and not names_people(header)


def names_people(header: str) -> bool:
    """Whether it speaks of people by name."""
    return _PEOPLE.search(header) is not None


def may_name_people(header: str) -> bool:
    """Whether it speaks of people, firms or things by name."""
    return names_people(header) or _PERHAPS_PEOPLE.search(header) is not None


def says_nothing(text: str) -> bool:
    """Whether a cell is as good as empty: "n/a", "-", "无"."""
    return len(text) <= _LONGEST_NOTHING and _NOTHING.fullmatch(text) is not None


def looks_like_a_name(text: str) -> bool:
    """Whether a cell could be the name of a person, in any script."""
    if len(text) > _LONGEST_NAME or not _NAMES.fullmatch(text) or _NOBODY.fullmatch(text):
        return False
    return text != text.lower() or not text.isascii() or " " in text
