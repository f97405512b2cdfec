#!/usr/bin/env python3
"""Exports a network to ONNX with PyTorch (Debian: python3-torch, python3-onnx), to try the ONNX import with.

The networks are the built-in ones, written in plain PyTorch: resnet<depth>_cifar10 (option A shortcuts), and
deit_tiny_patch16_224 and its like (attention as in timm; --attention torch takes nn.MultiheadAttention's form, as in
torchvision). Weights come from a safetensors file with the names of the project's builders.
"""
import argparse
import json
import math
import struct
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        kind = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}[entry["dtype"]]
        tensors[name] = torch.from_numpy(numpy.frombuffer(data[begin:end], kind).reshape(entry["shape"]).copy())
    return tensors


class CifarBlock(nn.Module):
    """Basic block of a CIFAR ResNet with option A shortcut."""

    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.padding = (out - channels) // 2
        self.stride = stride

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.padding:
            x = functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.padding, self.padding))
        return functional.relu(x + y)


class CifarResnet(nn.Module):
    def __init__(self, blocks, width=16, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        channels, stages = width, []
        for stage in range(3):
            layers = []
            for block in range(blocks):
                out = width << stage
                layers.append(CifarBlock(channels, out, 2 if stage and not block else 1))
                channels = out
            stages.append(nn.Sequential(*layers))
        self.layer1, self.layer2, self.layer3 = stages
        self.linear = nn.Linear(channels, classes)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = functional.avg_pool2d(x, int(x.size(3)))
        return self.linear(x.view(x.size(0), -1))


class TimmAttention(nn.Module):
    """Attention as timm writes it: one linear layer for q, k and v, then reshape, permute and unbind."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        scores = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        return self.proj((scores @ v).transpose(1, 2).reshape(batch, tokens, width))


class TorchAttention(nn.Module):
    """Attention as nn.MultiheadAttention computes it: chunks of one product, heads in the batch axis, scaled q."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        x = x.transpose(1, 0)
        tokens, batch, width = x.shape
        depth = width // self.heads
        q, k, v = (part.contiguous().view(tokens, batch * self.heads, depth).transpose(0, 1)
                   for part in functional.linear(x, self.qkv.weight, self.qkv.bias).chunk(3, dim=-1))
        scores = functional.softmax(torch.bmm(q / math.sqrt(depth), k.transpose(-2, -1)), dim=-1)
        y = torch.bmm(scores, v).transpose(0, 1).contiguous().view(tokens * batch, width)
        y = functional.linear(y, self.proj.weight, self.proj.bias).view(tokens, batch, width)
        return y.transpose(1, 0)


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads, hidden, attention):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width, hidden)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, size=224, patch=16, width=192, depth=12, heads=3, classes=1000, attention=TimmAttention):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, patch, patch)})
        self.blocks = nn.Sequential(*(TransformerBlock(width, heads, 4 * width, attention) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed["proj"](x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), dim=1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


def build(name, weights, attention):
    """The network of this name for the weights given, and the side of its input."""
    if name.startswith("resnet"):
        depth = int(name[6:].split("_")[0])
        return CifarResnet((depth - 2) // 6, weights["conv1.weight"].shape[0], weights["linear.weight"].shape[0]), 32
    width, _, patch, _ = weights["patch_embed.proj.weight"].shape
    size = math.isqrt(weights["pos_embed"].shape[1] - 1) * patch
    depth = len([tensor for tensor in weights if tensor.endswith(".norm1.weight")])
    network = VisionTransformer(size, patch, width, depth, width // 64, weights["head.weight"].shape[0],
                                TorchAttention if attention == "torch" else TimmAttention)
    return network, size


def export(network, size, opset, path, keep_batch_norm=False, free_batch=False):
    """Writes the network for one image of size x size (or any number of them) as ONNX."""
    network.eval()
    training = torch.onnx.TrainingMode.PRESERVE if keep_batch_norm else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(network, torch.zeros(1, 3, size, size), path, opset_version=opset, input_names=["input"],
                      output_names=["logits"], training=training, do_constant_folding=not keep_batch_norm,
                      dynamic_axes={"input": {0: "batch"}} if free_batch else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", metavar="NAME", help="e.g. resnet20_cifar10, deit_tiny_patch16_224")
    parser.add_argument("--weights", required=True, metavar="FILE", help="safetensors file of its weights")
    parser.add_argument("--out", required=True, metavar="FILE", help="the ONNX file to write")
    parser.add_argument("--opset", type=int, default=17, metavar="N", help="11 .. 17 (default 17)")
    parser.add_argument("--attention", choices=["timm", "torch"], default="timm", help="how it is written")
    parser.add_argument("--free-batch", action="store_true", help="leave the number of images free")
    parser.add_argument("--keep-batch-norm", action="store_true", help="do not fold batch norm into convolutions")
    options = parser.parse_args()
    weights = read_safetensors(options.weights)
    network, size = build(options.network, weights, options.attention)
    missing, unexpected = network.load_state_dict(weights, strict=False)
    wanted = [name for name in missing if not name.endswith("num_batches_tracked")]
    if wanted or unexpected:
        sys.exit(f"{options.weights}: lacks {wanted}, has {unexpected}; the tensors of {options.network} are expected")
    export(network, size, options.opset, options.out, options.keep_batch_norm, options.free_batch)


if __name__ == "__main__":
    main()
