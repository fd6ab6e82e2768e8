"""The report of a run or a suite: one HTML file that needs nothing else."""

from tfbs.benchmark.report.page import write_report as write_report
from tfbs.benchmark.report.stored import Places as Places
from tfbs.benchmark.report.stored import report_file as report_file
from tfbs.benchmark.report.stored import report_records as report_records
from tfbs.benchmark.report.stored import report_suite as report_suite
