# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""/metrics, read by the parsers of Prometheus' own client library. Hub, bridge and modules are real."""
import sys
import urllib.error
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_prometheus
from stage import Stage

import tap

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def scrape(stage, accept=None, path="/metrics", token=None):
    request = urllib.request.Request(f"http://127.0.0.1:{stage.port}{path}")
    if token != "":
        request.add_header("Authorization", f"Bearer {token or stage.token}")
    if accept:
        request.add_header("Accept", accept)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def families(stage, accept=None):
    text, _ = scrape(stage, accept)
    read = read_openmetrics if accept else read_prometheus
    found = list(read(text))
    names = [family.name for family in found]
    assert len(names) == len(set(names)), [name for name in names if names.count(name) > 1]
    return {family.name: family for family in found}


def measured(stage, name, accept=None):
    """The families, as soon as that one is among them: the first scrape makes it be measured."""
    found = {}

    def there():
        found.clear()
        found.update(families(stage, accept))
        return name in found

    stage.wait_for(there)
    return found


def value(family):
    return family.samples[0].value


@tap.test
def families_in_both_formats_have_types_units_and_help():
    with Stage() as stage:
        check_formats(stage)


def check_formats(stage):
    opened = measured(stage, "binnacle_hub_statistics_memory_bytes", OPENMETRICS)
    plain = families(stage)
    assert scrape(stage)[1] == "text/plain; version=0.0.4; charset=utf-8"
    assert scrape(stage, OPENMETRICS)[1] == OPENMETRICS + "; charset=utf-8"
    # What Prometheus itself sends: it prefers one, and takes the other.
    assert "openmetrics" in scrape(stage, f"{OPENMETRICS};q=0.5,text/plain;version=0.0.4;q=0.3")[1]
    assert "openmetrics" not in scrape(stage, "text/plain")[1]
    memory = opened["binnacle_hub_statistics_memory_bytes"]
    assert memory.type == "gauge" and memory.unit == "bytes" and memory.documentation
    assert 2**20 < value(memory) < 2**30, value(memory)
    scrapes = opened["binnacle_bridge_scrapes"]
    assert scrapes.type == "counter" and scrapes.samples[0].name == "binnacle_bridge_scrapes_total"
    # Those before it; the one with the plain text came after.
    again = families(stage, OPENMETRICS)["binnacle_bridge_scrapes"]
    assert value(again) >= value(scrapes) + 2, (value(scrapes), value(again))
    assert plain["binnacle_bridge_connections"].type == "gauge"
    name = "binnacle_system_heartbeat_uptime_seconds"
    uptime = value(measured(stage, name, OPENMETRICS)[name])
    assert 0 < uptime < 1000, uptime


@tap.test
def a_scrape_makes_what_measures_on_demand_go_on():
    with Stage("system_info") as stage:
        check_demand(stage)


def check_demand(stage):
    """What is measured only on demand is there some time after the first scrape, and goes on."""
    name = "binnacle_system_info_filesystem_inodes"
    found = {}

    def there():
        found.update(families(stage))
        return name in found and "binnacle_system_info_cpu_usage_percent" in found

    there()
    stage.wait_for(there)
    assert 0 <= value(found["binnacle_system_info_cpu_usage_percent"]) <= 100
    mounts = {sample.labels["path"] for sample in found[name].samples if "path" in sample.labels}
    assert len(mounts) == len(found[name].samples), found[name].samples
    for family in found.values():
        assert family.name.startswith("binnacle_"), family.name
        keys = [tuple(sample.labels.items()) for sample in family.samples]
        assert len(keys) == len(set(keys)), family


@tap.test
def labels_are_the_keys_and_who_has_no_token_sees_nothing():
    with Stage() as stage:
        check_labels(stage)
        check_refusals(stage)


def check_labels(stage):
    name = "binnacle_worker_statistics_runs"
    workers = measured(stage, name)[name]
    assert "hub.heartbeat" in {sample.labels["name"] for sample in workers.samples}


def refused(stage, path, token):
    try:
        scrape(stage, path=path, token=token)
    except urllib.error.HTTPError as error:
        assert error.headers["Content-Type"] == "application/problem+json"
        return error.code
    raise AssertionError(f"{path} was answered")


def check_refusals(stage):
    assert refused(stage, "/metrics", "") == 401
    assert refused(stage, "/metrics", "x" * 43) == 401
    assert refused(stage, "/metrics/", None) == 404
    status, _ = stage.get("/metrics", b"{}")
    assert status == 405


if __name__ == "__main__":
    sys.exit(tap.main())
