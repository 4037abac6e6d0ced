"""Draws growth.svg from growth.csv: time and peak memory over what grows, a column for each, and where one machine ends.

    python bench/plot_growth.py growth.csv growth.svg MACHINE
"""

import csv
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "nirkit", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"})

import matplotlib.pyplot as plt  # noqa: E402

BLUE, ORANGE, RED = "#1f5fa8", "#d9822b", "#c0392b"


def column(time, memory, axis, rows):
    ran = [row for row in rows if not row["ended"]]
    x = [float(row["value"]) for row in ran]
    time.loglog(x, [float(row["run_s"]) for row in ran], "o-", color=BLUE, label="run")
    time.loglog(x, [float(row["read_s"]) for row in ran], "o--", color=ORANGE, label="start and read")
    memory.loglog(x, [float(row["peak_mb"]) for row in ran], "o-", color=BLUE)
    for row in rows:
        if row["ended"]:
            why = row["ended"].split(":")[0]
            for panel in (time, memory):
                panel.axvline(float(row["value"]), color=RED, linestyle=":")
            time.set_title(f"too large: {float(row['value']):.0e} ({why})", color=RED, fontsize=8)
    for panel in (time, memory):
        panel.minorticks_off()
        panel.grid(True, which="major", color="#d5dde8")
    memory.set_xlabel(axis)


def main():
    table, figure, machine = sys.argv[1:]
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    axes = list(dict.fromkeys(row["axis"] for row in rows))
    drawing, panels = plt.subplots(2, len(axes), figsize=(2.6 * len(axes), 5), sharey="row", squeeze=False)
    for (time, memory), axis in zip(panels.T, axes):
        column(time, memory, axis, [row for row in rows if row["axis"] == axis])
    panels[0][0].set_ylabel("seconds")
    panels[1][0].set_ylabel("peak memory, MB")
    panels[0][0].legend(frameon=False)
    drawing.suptitle(f"One thread, single precision; {machine}", fontsize=9)
    drawing.tight_layout()
    drawing.savefig(figure, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
