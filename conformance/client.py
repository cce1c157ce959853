"""A gRPC client in another language, made from the contract's tables: asks a running fleet, and checks the answers.

    python conformance/client.py [--host 127.0.0.1] [--offset 0] [--size-mb 32]

Needs the packages of requirements.txt. Exits with 1 at the first answer that is wrong.
"""

import argparse
import importlib
import random
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from grpc_tools import protoc

MAX_MESSAGE_BYTES = 100 * 1024 * 1024
DEADLINE_SECONDS = 300
TOP_WORDS = 10
STAGE_PORTS = {"TextInputService": 8061, "PreprocessService": 8062, "AnalysisService": 8063, "ReportService": 8064}


def generated(folder):
    """The modules that protoc makes of pipeline.proto."""
    here = Path(__file__).parent
    arguments = ["", f"-I{here}", f"--python_out={folder}", f"--grpc_python_out={folder}", "pipeline.proto"]
    if protoc.main(arguments) != 0:
        sys.exit("protoc has failed")
    sys.path.insert(0, folder)
    return importlib.import_module("pipeline_pb2"), importlib.import_module("pipeline_pb2_grpc")


def cleaned(text):
    """The contract's rule for ASCII."""
    return re.sub(r"[^a-z0-9\s]", "", text.lower())


def counted(text):
    return Counter(cleaned(text).split())


def top(counts):
    return sorted(counts.items(), key=lambda each: (-each[1], each[0].encode()))[:TOP_WORDS]


def check(name, actual, expected):
    if actual != expected:
        sys.exit(f"{name}: {actual!r}, and not {expected!r}")


def english(size_bytes, seed):
    """Lines of words, some more frequent than others, with punctuation and capitals."""
    random_words = random.Random(seed)
    words = ["".join(random_words.choices("abcdefghijklmnopqrstuvwxyz", k=random_words.randint(1, 9))) for _ in range(5000)]
    block = []
    while sum(map(len, block)) < 1_000_000:
        line = random_words.choices(words, weights=[1 / (n + 1) for n in range(len(words))], k=12)
        block.append(" ".join(line).capitalize() + random_words.choice([".\n", "!\n", " - don't, \n"]))
    text = "".join(block)
    return (text * (size_bytes // len(text) + 1))[:size_bytes]


class Pipeline:
    def __init__(self, host, offset, messages, services):
        options = [("grpc.max_send_message_length", MAX_MESSAGE_BYTES), ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)]
        self.messages = messages
        self.stubs = {
            name: getattr(services, f"{name}Stub")(grpc.insecure_channel(f"{host}:{port + offset}", options))
            for name, port in STAGE_PORTS.items()
        }

    def receive(self, text):
        request = self.messages.TextRequest(text=text, request_id="conformance")
        return self.stubs["TextInputService"].ReceiveText(request, timeout=DEADLINE_SECONDS)


def check_small(pipeline):
    messages, stubs = pipeline.messages, pipeline.stubs
    text = "The cat, the hat -- and the well-known DON'T of 42 cats."
    counts = counted(text)
    answer = pipeline.receive(text)
    check("status", answer.status, "success")
    check("word_count", answer.word_count, sum(counts.values()))
    clean = stubs["PreprocessService"].CleanText(messages.CleanRequest(text=text), timeout=DEADLINE_SECONDS)
    check("cleaned words", clean.cleaned_text.split(), cleaned(text).split())
    check("original_length", clean.original_length, len(text))
    check("cleaned_length", clean.cleaned_length, len(clean.cleaned_text))
    analysis = stubs["AnalysisService"].AnalyzeText(messages.AnalysisRequest(text=clean.cleaned_text), timeout=DEADLINE_SECONDS)
    check("total_words", analysis.total_words, sum(counts.values()))
    check("unique_words", analysis.unique_words, len(counts))
    check("top_words", [(each.word, each.count) for each in analysis.top_words], top(counts))
    request = messages.ReportRequest(
        word_frequencies=[messages.WordFrequency(word=word, count=count) for word, count in counts.items()],
        total_words=analysis.total_words,
        unique_words=analysis.unique_words,
    )
    report = stubs["ReportService"].GenerateReport(request, timeout=DEADLINE_SECONDS)
    check("the report names the most frequent word", top(counts)[0][0] in report.report, True)
    print("small: right")


def check_large(pipeline, size_bytes, at_once):
    texts = [english(size_bytes, seed) for seed in range(at_once)]
    expected = [sum(counted(text).values()) for text in texts]
    start = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda text: pipeline.receive(text).word_count, texts))
    check(f"word counts of {at_once} at once", answers, expected)
    print(f"{size_bytes / 1e6:.0f} MB, {at_once} at once: right, {time.monotonic() - start:.2f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--size-mb", type=int, default=32)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(given.host, given.offset, *generated(folder))
        check_small(pipeline)
        for at_once in (1, 2, 4):
            check_large(pipeline, given.size_mb * 1_000_000, at_once)


main()
