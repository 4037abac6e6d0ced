"""Pages of runs, of labelled sets and of sweeps: their data is held against `compare`, `eval` and `sweep`."""

import base64
import json
import pathlib
import re

import numpy as np
import pytest

import nirkit as nir

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
NET = EXAMPLES / "snntorch" / "net.nir"


def data_of(page):
    """What is embedded in a page."""
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page.html, re.S)[1])


def numbers(text):
    """Whole numbers in unsigned LEB128."""
    found, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            found.append(value)
            value, shift = 0, 0
    return found


def test_a_page_of_a_labelled_set_has_what_eval_finds(tmp_path):
    x, labels = np.load(EXAMPLES / "snntorch" / "samples.npy"), np.load(EXAMPLES / "snntorch" / "labels.npy")
    platforms = ["snntorch", "spyx", "rockpool"]
    page = nir.view(NET, tmp_path / "net.html", platforms, x, labels, dt=5e-4)
    assert (tmp_path / "net.html").read_text(encoding="utf-8") == page.html and len(page.html) < 2_000_000
    evaluation = data_of(page)["evaluation"]
    assert numbers(evaluation["labels"]) == labels.tolist()
    scores = nir.eval(NET, x, labels, platforms, dt=5e-4)
    for score, row in zip(scores, evaluation["rows"], strict=True):
        assert row["name"] == score.platform
        if score.error is not None:
            assert "score" not in row and "".join(what for what, _ in row["reasons"]) in score.error.replace("; ", "")
            continue
        assert numbers(row["score"]["found"]) == score.classes.tolist() and row["score"]["correct"] == score.correct
        confusion = np.zeros_like(score.confusion)
        for label, taken, count in np.reshape(numbers(row["score"]["cells"]), (-1, 3)):
            confusion[label, taken] = count
        assert np.array_equal(confusion, score.confusion)
    ran = [score.classes for score in scores if score.error is None]
    assert evaluation["same"] == [[int(np.sum(a == b)) for b in ran] for a in ran]
    assert evaluation["differing"] == int(np.sum(ran[0] != ran[1])) > 0


def test_a_page_of_runs_has_the_first_difference_of_compare():
    x = np.load(EXAMPLES / "small_input.npy")
    runs = data_of(nir.view(EXAMPLES / "small.nir", None, ["ideal", "spyx", "norse"], x, dt=1e-4))["runs"]
    compared = nir.compare(EXAMPLES / "small.nir", x, ["ideal", "spyx", "norse"], dt=1e-4)
    assert runs["sides"] == compared.variants
    for pair, expected in zip(runs["pairs"], compared.pairs, strict=True):
        first = pair["firsts"][0]
        assert (first["node"], first["step"], first["neuron"]) == (expected.first.node, expected.first.step, expected.first.neuron)


def test_a_page_of_a_sweep_has_its_table(tmp_path):
    plan = {
        "format": 1, "graphs": [str(NET)], "platforms": ["snntorch", "spyx", "rockpool"], "dt": ["0.1ms", "0.5ms"], "reference": "snntorch",
        "sets": [{"name": "test", "input": str(EXAMPLES / "snntorch" / "samples.npy"), "labels": str(EXAMPLES / "snntorch" / "labels.npy")}],
    }  # fmt: skip
    table = nir.sweep(plan, tmp_path / "sweep")
    data = data_of(nir.view(tmp_path / "sweep", tmp_path / "page.html"))
    names = [measure["name"] for measure in data["measures"]]
    accuracy, same = names.index("accuracy"), names.index("same class as snntorch@1.0.0")
    assert data["title"] == "sweep" and data["columns"] == ["dt 0.1ms", "dt 0.5ms"]
    for line, entry in zip(data["lines"], table.entries, strict=True):
        assert data["texts"][line["platform"]] == entry["platform"] and line["status"] == entry["status"]
        assert (line["values"][accuracy], line["values"][same]) == (entry["accuracy"], entry["agreement"])
        assert [data["texts"][at] for at in line["reasons"]] == entry["reasons"]
    assert {line["status"] for line in data["lines"]} == {"done", "refused"}


def test_what_has_no_effect_on_a_page_is_refused(tmp_path):
    x = np.load(EXAMPLES / "small_input.npy")
    for given, said in (
        ({"threads": 2}, "`threads` has no effect on a page without `x`"),
        ({"labels": [0]}, "`labels` has no effect"),
        ({"x": x}, "none is given"),
        ({"x": x, "platforms": "norse", "readout": "count"}, "it needs `labels`"),
        ({"x": x, "platforms": "norse", "labels": [0], "causes": False}, "no effect on the classes"),
    ):
        with pytest.raises(nir.ChoiceError, match=said):
            nir.view(EXAMPLES / "small.nir", **given)
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(nir.ChoiceError, match="`platforms` and `dt` have no effect on the page of a sweep"):
        nir.view(tmp_path, platforms="norse", dt=1e-3)
    with pytest.raises(nir.Error):
        nir.view(tmp_path)
