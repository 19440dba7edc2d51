"""Chinese addresses are found whole."""

import pytest

from recognizers.names.chinese_address import address_cell, addresses, labelled_addresses
from recognizers.names.chinese_words import word_list


def found(text: str) -> list[str]:
    normal = word_list().normal(text)
    return [text[one.start : one.end] for one in addresses(normal, word_list().words(normal))]


@pytest.mark.parametrize(
    "address",
    [
        "浙江省杭州市西湖区文三路999号棠溪大厦B座1203室",
        "上海市浦东新区张江镇海科路9999弄15号301室",
        "江苏省苏州市工业园区星湖街888号创意园5幢2单元902室",
        "河南省信阳市固始县陈集镇王庄村5组12号",
        "四川省成都市武侯区棠溪花园3期8栋1单元1203",
        "北京市朝阳区建国路993号院6号楼1804",
        "广东省深圳市南山区棠溪小区12-3-401",
        "香港九龍觀塘道9388號棠溪中心12樓05室",
        "臺北市信義區信義路五段997號35樓之2",
        "110臺北市大安區忠孝東路四段999巷5弄3號4樓",
        "棠溪路99号",
    ],
)
def test_an_address_is_found_from_the_province_to_the_room(address) -> None:
    assert [address] == found(address)
    assert [address] == found(f"请寄到{address}，谢谢。")


def test_a_postcode_beside_it_belongs_to_it() -> None:
    assert ["天津市和平区棠溪道99号 300000"] == found("天津市和平区棠溪道99号 300000")
    assert ["天津市和平区棠溪道99号，邮编：300000"] == found(
        "住天津市和平区棠溪道99号，邮编：300000"
    )


@pytest.mark.parametrize(
    "text",
    [
        "北京",
        "第3号文件",
        "共12层",
        "一路走来",
        "3号楼",
        "请按1号键",
        "2024年3月12日",
        "第二十一条第3款",
        "京发改〔2024〕12号",
    ],
)
def test_a_number_or_a_place_alone_is_no_address(text) -> None:
    assert [] == found(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("地址：棠溪市场东门二楼三排", "棠溪市场东门二楼三排"),
        ("住所：杭州市西湖区棠溪街道99号。", "杭州市西湖区棠溪街道99号"),
        ("收货地址：杭州市西湖区棠溪街道99号 电话：13800000000", "杭州市西湖区棠溪街道99号"),
    ],
)
def test_what_stands_behind_a_label_is_an_address(text, value) -> None:
    normal = word_list().normal(text)
    assert [value] == [text[one.start : one.end] for one in labelled_addresses(normal)]


@pytest.mark.parametrize(
    "text", ["地址：详见附件", "地址：", "IP地址：192.0.2.1", "邮箱地址：a@example.com"]
)
def test_a_label_without_an_address_is_none(text) -> None:
    assert [] == list(labelled_addresses(text))


def test_a_cell_under_a_label_is_an_address() -> None:
    assert ["ADDRESS"] == [one.entity for one in address_cell("西湖区棠溪街道", "收货地址")]
    assert [] == list(address_cell("西湖区棠溪街道", "备注"))
