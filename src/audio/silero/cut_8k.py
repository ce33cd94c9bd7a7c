"""Cuts the 8 kHz branch out of Silero's silero_vad.onnx: cut_8k.py silero_vad.onnx silero_vad_8k.onnx (needs PyPI onnx)."""

import sys

import onnx
from onnx import TensorProto, helper


def names_read(graph, found):
    for node in graph.node:
        found.update(node.input)
        for attribute in node.attribute:
            if attribute.g.node:
                names_read(attribute.g, found)
    return found


whole = onnx.load(sys.argv[1])
choice = [node for node in whole.graph.node if node.op_type == "If"][-1]
branch = {attribute.name: attribute.g for attribute in choice.attribute}["else_branch"]
needed = names_read(branch, set())
constants = [node for node in whole.graph.node if node.op_type == "Constant" and node.output[0] in needed]
initializers = [t for t in [*whole.graph.initializer, *branch.initializer] if t.name in needed]
outputs = ["output", "stateN"]
renames = [helper.make_node("Identity", [old.name], [new]) for old, new in zip(branch.output, outputs)]
graph = helper.make_graph(
    constants + list(branch.node) + renames,
    "silero_vad_8k",
    [
        helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 288]),
        helper.make_tensor_value_info("state", TensorProto.FLOAT, [2, 1, 128]),
    ],
    [
        helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1]),
        helper.make_tensor_value_info("stateN", TensorProto.FLOAT, [2, 1, 128]),
    ],
    initializer=initializers,
)
model = helper.make_model(graph, opset_imports=whole.opset_import, ir_version=whole.ir_version)
onnx.checker.check_model(model)
onnx.save(model, sys.argv[2])
