#!/usr/bin/env python3
"""Makes the small ONNX files of this folder and their logits (PyTorch 1.13: Debian's python3-torch, python3-onnx).

Random parameters from a fixed seed; the image is ((i * 7919) mod 1000) / 500 - 1 at element i of [channels, height,
width]. Run it again only to add a model: the tests read the files as they are committed.
"""
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parents[2] / "scripts"))
import export_onnx  # noqa: E402


class Bottleneck(nn.Module):
    """torchvision's bottleneck block, with groups as in ResNeXt and a projection shortcut."""

    def __init__(self, channels, width, out, stride, groups):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        return functional.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class Resnet(nn.Module):
    """torchvision's ResNet in small: 7x7 stem, max pool, bottlenecks, adaptive pool."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Bottleneck(8, 8, 16, 1, 1), Bottleneck(16, 8, 16, 2, 2))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.maxpool(functional.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer1(x)), 1))


class SqueezeExcitation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, 4, 1)
        self.fc2 = nn.Conv2d(4, channels, 1)

    def forward(self, x):
        scale = functional.relu(self.fc1(functional.adaptive_avg_pool2d(x, 1)))
        return functional.hardsigmoid(self.fc2(scale)) * x


class Mobilenet(nn.Module):
    """Blocks of MobileNet V2 and V3: depthwise convolutions, ReLU6, hard swish, SiLU, squeeze and excitation."""

    def __init__(self):
        super().__init__()
        def norm_conv(channels, out, kernel, stride, groups, activation):
            return nn.Sequential(nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False),
                                 nn.BatchNorm2d(out), activation)
        self.features = nn.Sequential(
            norm_conv(3, 8, 3, 2, 1, nn.Hardswish()),
            norm_conv(8, 8, 3, 1, 8, nn.ReLU6()), norm_conv(8, 12, 1, 1, 1, nn.Identity()),
            norm_conv(12, 24, 1, 1, 1, nn.Hardswish()), norm_conv(24, 24, 5, 2, 24, nn.SiLU()),
            SqueezeExcitation(24), norm_conv(24, 12, 1, 1, 1, nn.Identity()))
        self.classifier = nn.Sequential(nn.Linear(12, 16), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(16, 10))

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


class Lenet(nn.Module):
    """Convolutions, average pools, and a linear layer on the whole map."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 8, 3)
        self.fc1 = nn.Linear(8 * 4 * 4, 20)
        self.fc2 = nn.Linear(20, 10)

    def forward(self, x):
        x = functional.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = functional.avg_pool2d(torch.sigmoid(self.conv2(x)), 3, 2, 1, count_include_pad=False)
        x = functional.max_pool2d(x, 2, 1)
        return self.fc2(functional.relu(self.fc1(torch.flatten(x, 1))))


class EncoderBlock(nn.Module):
    """A block of torchvision's ViT, with nn.MultiheadAttention itself."""

    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.self_attention(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class TorchvisionVit(nn.Module):
    def __init__(self, size=16, patch=4, width=16, heads=2, depth=2):
        super().__init__()
        self.conv_proj = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embedding = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.layers = nn.Sequential(*(EncoderBlock(width, heads) for _ in range(depth)))
        self.ln = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, 10)
        self.width = width

    def forward(self, x):
        count = x.shape[0]
        x = self.conv_proj(x).reshape(count, self.width, -1).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(count, -1, -1), x], dim=1) + self.pos_embedding
        return self.head(self.ln(self.layers(x))[:, 0])


class PooledVit(nn.Module):
    """timm's form without class token: layer scale, the mean over tokens, attention on scaled queries."""

    def __init__(self, size=16, patch=4, width=12, heads=3):
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)
        self.pos_embed = nn.Parameter(torch.zeros(1, (size // patch) ** 2, width))
        self.norm1 = nn.LayerNorm(width)
        self.q, self.kv = nn.Linear(width, width), nn.Linear(width, 2 * width, bias=False)
        self.attn_proj = nn.Linear(width, width)
        self.gamma = nn.Parameter(torch.zeros(width))
        self.fc_norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)
        self.heads = heads

    def forward(self, x):
        x = self.proj(x).flatten(2).transpose(1, 2) + self.pos_embed
        batch, tokens, width = x.shape
        y = self.norm1(x)
        q = self.q(y).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2) * 0.5
        k, v = self.kv(y).view(batch, tokens, 2, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = (q @ k.transpose(-2, -1)).softmax(-1) @ v
        x = x + self.gamma * self.attn_proj(y.transpose(1, 2).reshape(batch, tokens, width))
        return self.head(self.fc_norm(x.mean(dim=1)))


def randomise(network, seed):
    torch.manual_seed(seed)
    for name, tensor in list(network.named_parameters()) + list(network.named_buffers()):
        if tensor.dtype != torch.float32:
            continue
        with torch.no_grad():
            positive = name.endswith("running_var") or (tensor.dim() == 1 and name.endswith("weight"))
            tensor.copy_(torch.randn(tensor.shape) * (0.3 if tensor.dim() < 2 else (2 / tensor[0].numel()) ** 0.5))
            if positive:
                tensor.copy_(tensor.abs() + 0.5)


def save(name, network, size, opset, keep_batch_norm=False, free_batch=False):
    randomise(network, opset)
    network.eval()
    path = HERE / f"{name}_opset{opset}.onnx"
    export_onnx.export(network, size, opset, str(path), keep_batch_norm, free_batch)
    count = 3 * size * size
    image = (torch.arange(count) * 7919 % 1000).float() / 500 - 1
    with torch.no_grad():
        logits = network(image.reshape(1, 3, size, size))
    numpy.save(path.with_suffix(".npy"), logits.numpy().astype(numpy.float32))
    print(path.name, path.stat().st_size, logits.numpy().round(3).tolist())


def main():
    save("resnet", Resnet(), 32, 11)
    save("resnet", Resnet(), 32, 13, keep_batch_norm=True)
    save("cifar_resnet", export_onnx.CifarResnet(1, 4), 16, 12)
    save("cifar_resnet", export_onnx.CifarResnet(1, 4), 16, 16, keep_batch_norm=True)
    save("mobilenet", Mobilenet(), 32, 11)
    save("mobilenet", Mobilenet(), 32, 14)
    save("lenet", Lenet(), 28, 15)
    for opset in (11, 13, 16, 17):
        save("vit_timm", export_onnx.VisionTransformer(16, 4, 16, 2, 2, 10), 16, opset)
    for opset in (14, 17):
        save("vit_torchvision", TorchvisionVit(), 16, opset)
    save("vit_pooled", PooledVit(), 16, 15)
    save("vit_timm_free_batch", export_onnx.VisionTransformer(16, 4, 16, 2, 2, 10), 16, 14, free_batch=True)
    save("vit_torchvision_free_batch", TorchvisionVit(), 16, 12, free_batch=True)
    save("cifar_resnet_free_batch", export_onnx.CifarResnet(1, 4), 16, 13, free_batch=True)


if __name__ == "__main__":
    main()
