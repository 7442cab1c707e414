"""Prices of AWS's price list, which is a stub here: each product as `GetProducts` has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import jsonschema
import pytest
from checking import assembly
from conftest import HERE
from test_check_command import check, emulator  # noqa: F401

from check.aws import Aws
from check.prices import items, prices
from rehearsal.failure import Failure

SCHEMA = json.loads((HERE.parents[1] / "docs" / "prices.schema.json").read_text("utf-8"))
NAT = {
    "name": "NAT gateway", "region": "eu-west-1", "service": "AmazonEC2", "attributes": {"productFamily": "NAT Gateway"},
    "usageType": "NatGateway-Hours", "per": "hour",
}  # fmt: skip
KEY = {**NAT, "name": "KMS key", "usageType": "KMS-Keys", "per": "month"}


def tier(price: str, unit: str = "Hrs", begin: str = "0", end: str = "Inf", currency: str = "USD") -> dict[str, Any]:
    return {"unit": unit, "beginRange": begin, "endRange": end, "pricePerUnit": {currency: price}}


def product(sku: str, usage: str, *tiers: dict[str, Any], terms: int = 1, **attributes: str) -> str:
    term = {"effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {f"{sku}.{n}": one for n, one in enumerate(tiers)}}
    return json.dumps({
        "product": {"sku": sku, "attributes": {"usagetype": usage, **attributes}},
        "terms": {"OnDemand": {f"{sku}.{number}": term for number in range(terms)}},
    })  # fmt: skip


class PriceList:
    """The endpoint, with one product a page."""

    def __init__(self) -> None:
        self.products: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.refusal: dict[str, str] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["X-Amz-Target"] == "AWSPriceListService.GetProducts"
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append(asked)
                page = int(asked.get("NextToken", "0"))
                more = {"NextToken": str(page + 1)} if page + 1 < len(outer.products) else {}
                answer = outer.refusal or {"FormatVersion": "aws_v1", "PriceList": outer.products[page : page + 1], **more}
                body = json.dumps(answer).encode()
                self.send_response(400 if outer.refusal else 200)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def price_list() -> Iterator[PriceList]:
    running = PriceList()
    Thread(target=running.server.serve_forever, daemon=True).start()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def aws(price_list, monkeypatch) -> Aws:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", price_list.url)
    return Aws(boto3.Session("AKIAUSER", "secret"), "eu-west-1")


def test_a_price_is_the_one_product_among_all_pages(aws, price_list):
    price_list.products = [
        product("A1", "EU-NatGateway-Bytes", tier("0.9")),
        product("A2", "EU-NatGateway-Prvd-Hours", tier("0.8")),
        product("A3", "EU-NatGateway-Hours", tier("0.0480000000")),
    ]
    written = prices([NAT], aws)
    jsonschema.validate(written, SCHEMA)
    assert (written["prices"], written["without"]) == ([{
        "name": "NAT gateway", "region": "eu-west-1", "service": "AmazonEC2", "sku": "A3",
        "usageType": "EU-NatGateway-Hours", "unit": "Hrs", "per": "hour", "currency": "USD", "price": "0.0480000000",
        "effective": "2026-11-01T00:00:00Z",
    }], [])  # fmt: skip
    assert len(price_list.asked) == 3
    assert price_list.asked[0]["ServiceCode"] == "AmazonEC2"
    assert price_list.asked[0]["Filters"] == [
        {"Type": "TERM_MATCH", "Field": "productFamily", "Value": "NAT Gateway"},
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"},
    ]


@pytest.mark.parametrize(("usage", "wanted"), [
    ("NatGateway-Hours", True), ("USE2-NatGateway-Hours", True), ("eu-west-1-NatGateway-Hours", True),
    ("TS-NatGateway-Hours", False), ("EUW1-TS-NatGateway-Hours", False), ("NatGateway-Hours2", False),
])  # fmt: skip
def test_a_usage_type_begins_with_a_region_and_nothing_else(aws, price_list, usage, wanted):
    price_list.products = [product("A1", usage, tier("0.048"))]
    assert len(prices([NAT], aws)["prices"]) == wanted


def test_before_a_colon_a_usage_type_is_only_how_it_begins(aws, price_list):
    item = {**NAT, "usageType": "InstanceUsage:"}
    price_list.products = [
        product("A1", "EU-InstanceUsage:db.r6g.2xl", tier("1")),
        product("A2", "EU-InstanceUsageIOOptimized:db.r6g.2xl", tier("2")),
    ]
    assert [one["sku"] for one in prices([item], aws)["prices"]] == ["A1"]


def test_of_tiers_the_first_is_taken_and_said(aws, price_list):
    zone = {key: value for key, value in KEY.items() if key != "region"}
    price_list.products = [product("A1", "KMS-Keys", tier("0.1", "Keys", "25"), tier("0.5", "Keys", "0", "25"))]
    written = prices([zone], aws)
    jsonschema.validate(written, SCHEMA)
    assert [(one["price"], one["firstTierTo"], "region" in one) for one in written["prices"]] == [("0.5", "25", False)]
    assert [one["Field"] for one in price_list.asked[0]["Filters"]] == ["productFamily"]


@pytest.mark.parametrize(("item", "products", "why"), [
    (NAT, [], "the price list of AmazonEC2 has no product for it, by the usage type 'NatGateway-Hours'"),
    (NAT, [product("B2", "NatGateway-Hours", tier("1")), product("B1", "NatGateway-Hours", tier("2"))],
     "the price list of AmazonEC2 has 2 products for it, B1, B2, by the usage type 'NatGateway-Hours'"),
    (NAT, [product("B1", "NatGateway-Hours", tier("1"), terms=2)], "the product B1 has 2 on-demand terms"),
    (NAT, [product("B1", "NatGateway-Hours", tier("1", begin="10"))], "the product B1 has no single price that begins at 0"),
    (NAT, [product("B1", "NatGateway-Hours", tier("0.0000000000"))], "the product B1 has the price 0 at first"),
    (NAT, [product("B1", "NatGateway-Hours", tier("1", "GB"))], "the product B1 is paid by 'GB', and not by the hour"),
    (KEY, [product("B1", "KMS-Keys", tier("1", "Hrs"))], "the product B1 is paid by 'Hrs', and not by the month"),
])  # fmt: skip
def test_what_is_not_one_price_has_none_and_says_why(aws, price_list, item, products, why):
    price_list.products = products
    written = prices([item], aws)
    jsonschema.validate(written, SCHEMA)
    assert (written["prices"], written["without"]) == ([], [{"name": item["name"], "region": "eu-west-1", "why": why}])


def test_a_question_that_aws_refuses_is_no_price(aws, price_list):
    price_list.refusal = {"__type": "InvalidParameterException", "message": "no such service"}
    (one,) = prices([NAT], aws)["without"]
    assert one["why"] == "AWS refuses the question, InvalidParameterException: no such service"


def test_the_price_list_of_another_partition_is_not_asked(price_list):
    with pytest.raises(Failure, match="--prices cannot be asked for from 'cn-north-1'"):
        prices([NAT], Aws(boto3.Session("AKIAUSER", "secret"), "cn-north-1"))
    assert price_list.asked == []


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    return assembly(tmp_path_factory.mktemp("network"), NETWORK="prod")


def test_the_command_asks_for_what_the_report_counts(emulator, network, price_list, tmp_path):  # noqa: F811
    _, env = emulator
    price_list.products = [product("A1", "EU-NatGateway-Hours", tier("0.048"))]
    wanted = items(network)
    assert next(one for one in wanted if one["name"] == "NAT gateway") == NAT
    file = tmp_path / "prices.json"
    done = check("--assembly", str(network), "--prices", str(file), **env, AWS_ENDPOINT_URL_PRICING=price_list.url)
    assert done.returncode in (0, 1, 3), done.stderr
    written = json.loads(file.read_text("utf-8"))
    jsonschema.validate(written, SCHEMA)
    assert [one["name"] for one in written["prices"]] == ["NAT gateway"]
    assert len(written["without"]) == len(wanted) - 1 > 0
    said = done.stdout.splitlines()
    assert f"{file}: 1 of {len(wanted)} prices" in said
    assert (
        "  Elastic IP address in eu-west-1 has none: the price list of AmazonVPC has no product for it, "
        "by the usage type 'PublicIPv4:InUseAddress'"
    ) in said


def test_without_the_right_one_sentence_says_which(aws, price_list):
    price_list.refusal = {"__type": "AccessDeniedException", "message": "User is not authorized to perform it"}
    with pytest.raises(Failure) as raised:
        prices([NAT], aws)
    assert str(raised.value) == (
        "--prices has no answer, because pricing:GetProducts is not allowed: User is not authorized to perform it: "
        "allow pricing:GetProducts: `check --policy` prints all that is needed"
    )


def test_a_file_in_no_folder_is_told_before_anybody_is_asked(emulator, network, price_list, tmp_path):  # noqa: F811
    _, env = emulator
    words = ["--assembly", str(network), "--prices", str(tmp_path / "none" / "prices.json")]
    done = check(*words, **env, AWS_ENDPOINT_URL_PRICING=price_list.url)
    assert (done.returncode, done.stdout, price_list.asked) == (2, "", [])
    assert "is in a folder that does not exist: make it, or name another file" in done.stderr
