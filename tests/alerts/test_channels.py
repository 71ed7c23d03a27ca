"""Channels: names that tell them apart and give nothing away."""

from __future__ import annotations

import pytest

from hengshui_etl.alerts.channels import VARIABLE, Channel, _name, read_channels


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("json://user:s3cret@host/path", "json"),
        ("JSON://user:s3cret@host/path", "json"),
        ("s3cret", "unknown"),
        ("s3cret:token@host", "unknown"),
        ("s3-cret://host", "unknown"),
        ("://s3cret", "unknown"),
    ],
)
def test_a_name_is_kind_and_hash_and_nothing_else(url: str, kind: str) -> None:
    name = _name(url)
    assert name.rpartition("-")[0] == kind
    assert "s3cret" not in name
    assert "s3cret" not in repr(Channel(name, url))


def test_the_same_address_is_one_channel_however_often_it_is_set() -> None:
    assert len(read_channels({VARIABLE: "json://a/x json://a/x, json://b/x"})) == 2
    assert read_channels({}) == []
