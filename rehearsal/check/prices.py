"""Prices of what the report counts, from AWS's price list. What is not found for certain has none."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from check.aws import Aws, Refused, Unanswered, partition
from rehearsal.failure import Failure
from rehearsal.page import MAIN

# also docs/prices.schema.json
VERSION = 1
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/Welcome.html: endpoints of the AWS Price List Service
REGION = "us-east-1"


class _Unpriced(Exception):
    """Why there is no price."""


def items(assembly: Path) -> list[dict[str, Any]]:
    """Which prices the report needs: it alone knows what it counts."""
    node = os.environ.get("REHEARSAL_NODE") or "node"
    words = [node, str(MAIN), "report", "--price-items", "--assembly", str(assembly)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"--prices has nothing to ask for, because the report cannot be made:\n{done.stderr.strip()}")
    return json.loads(done.stdout)


def prices(wanted: list[dict[str, Any]], aws: Aws) -> dict[str, Any]:
    if partition(aws.region) != "aws":
        raise Failure(f"--prices cannot be asked for from '{aws.region}': AWS's price list is in '{REGION}', of another partition")
    found, without = [], []
    for item in wanted:
        named = {key: item[key] for key in ("name", "region") if key in item}
        try:
            found.append({**named, **_price(item, aws)})
        except _Unpriced as error:
            without.append({**named, "why": str(error)})
        except Unanswered as error:
            raise Failure(f"--prices has no answer, because {error}: {error.advice}") from None
    source = f"AWS Price List Query API, {REGION}"
    return {"version": VERSION, "date": date.today().isoformat(), "source": source, "prices": found, "without": without}


def _price(item: dict[str, Any], aws: Aws) -> dict[str, str]:
    attributes = {**item["attributes"], **({"regionCode": item["region"]} if "region" in item else {})}
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in attributes.items()]
    try:
        answer = aws.ask(
            "pricing:GetProducts", region=REGION, ServiceCode=item["service"], Filters=filters, FormatVersion="aws_v1"
        )
    except Refused as error:
        raise _Unpriced(f"AWS refuses the question, {error.code}: {error}") from None
    products = [json.loads(text) for text in answer["PriceList"]]
    usage = _usage_type(item)
    matching = [product for product in products if usage.match(product["product"]["attributes"].get("usagetype", ""))]
    if len(matching) != 1:
        skus = ", ".join(sorted(product["product"]["sku"] for product in matching))
        many = f"has {len(matching)} products for it, {skus}" if matching else "has no product for it"
        raise _Unpriced(f"the price list of {item['service']} {many}, by the usage type '{item['usageType']}'")
    (product,) = matching
    terms = list(product.get("terms", {}).get("OnDemand", {}).values())
    sku = product["product"]["sku"]
    if len(terms) != 1:
        raise _Unpriced(f"the product {sku} has {len(terms)} on-demand terms")
    tiers = list(terms[0]["priceDimensions"].values())
    first = [tier for tier in tiers if Decimal(tier.get("beginRange", "0")) == 0]
    if len(first) != 1 or len(first[0]["pricePerUnit"]) != 1:
        raise _Unpriced(f"the product {sku} has no single price that begins at 0")
    (tier,) = first
    ((currency, price),) = tier["pricePerUnit"].items()
    if not Decimal(price):
        raise _Unpriced(f"the product {sku} has the price 0 at first")
    if bool(re.search(r"h(ou)?rs?$", tier["unit"], re.IGNORECASE)) != (item["per"] == "hour"):
        raise _Unpriced(f"the product {sku} is paid by '{tier['unit']}', and not by the {item['per']}")
    return {
        "service": item["service"],
        "sku": sku,
        "usageType": product["product"]["attributes"]["usagetype"],
        "unit": tier["unit"],
        "per": item["per"],
        "currency": currency,
        "price": price,
        "effective": terms[0]["effectiveDate"],
        **({"firstTierTo": tier["endRange"]} if len(tiers) > 1 else {}),
    }


def _usage_type(item: dict[str, Any]) -> re.Pattern[str]:
    """Prefixed with a region, such as EUW1- or, for Ireland, EU-; some services write the region itself."""
    wanted = item["usageType"]
    prefixes = ["EU-", r"[A-Z]{3}\d-", *([re.escape(item["region"]) + "-"] if "region" in item else [])]
    return re.compile(f"({'|'.join(prefixes)})?{re.escape(wanted)}{'' if wanted.endswith(':') else '$'}")
