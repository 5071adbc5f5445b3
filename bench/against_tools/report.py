"""Tables in markdown, and the machine they were made on."""

import os
import platform
import statistics

from .workloads import MIB

HEAD = ("tool", "role", "ok", "user s", "sys s", "CPU {unit}", "wall s", "private MiB", "requests", "connections",
        "CPU / bound", "sluice / it, CPU", "sluice / it, wall")


def first_line(path, start):
    with open(path) as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(start)), "unknown")


def machine():
    memory = int(first_line("/proc/meminfo", "MemTotal").split()[0]) / 2**20
    return {"cores": os.cpu_count(), "cpu": first_line("/proc/cpuinfo", "model name"), "memory_gib": round(memory, 1),
            "kernel": platform.release(), "system": platform.freedesktop_os_release().get("PRETTY_NAME", "")}


def medians(runs):
    names = ("user", "sys", "cpu", "wall", "private", "requests", "connections")
    return {name: statistics.median(run[name] for run in runs) for name in names}


def ratio(value, by):
    return f"{value / by:.2f}" if value is not None and by else "-"


def figure(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def row_of(workload, tool, runs, all_medians, bound):
    mine, sluice = all_medians[tool.name], all_medians.get("sluice", {})
    good = sum(run["good"] for run in runs)
    _, per = workload.unit
    ok = "yes" if good == len(runs) else f"NO ({good} of {len(runs)})"
    return (tool.name, tool.role, ok, f"{mine['user']:.2f}", f"{mine['sys']:.2f}", figure(mine["cpu"] / per),
            f"{mine['wall']:.2f}", f"{mine['private'] / MIB:.0f}", f"{mine['requests']:.0f}",
            f"{mine['connections']:.0f}", ratio(mine["cpu"], bound), ratio(sluice.get("cpu"), mine["cpu"]),
            ratio(sluice.get("wall"), mine["wall"]))


def table(workload, tools, runs):
    """`runs`: name of a tool -> its runs. Sorted by CPU, those that failed last."""
    tools = [tool for tool in tools if runs.get(tool.name)]
    all_medians = {tool.name: medians(runs[tool.name]) for tool in tools}
    failed = {tool.name: not all(run["good"] for run in runs[tool.name]) for tool in tools}
    bound = min((all_medians[tool.name]["cpu"] for tool in tools if tool.role == "bound" and not failed[tool.name]),
                default=None)
    unit, _ = workload.unit
    lines = [[word.format(unit=unit) for word in HEAD], ["---"] * len(HEAD)]
    for tool in sorted(tools, key=lambda tool: (failed[tool.name], all_medians[tool.name]["cpu"])):
        lines.append(row_of(workload, tool, runs[tool.name], all_medians, bound))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
