#!/usr/bin/env python3
"""Training of the networks of pytorch_networks.py, the peer of `iekd bench --models`: a program that is asked for steps.

pytorch_models.py '{"network": "resnet20", "options": {}, "size": 32, "classes": 10, "batch": 128, "threads": 2}'

Says {torch, parameters, multiply_adds} at first, then answers each line that it reads, one JSON value a line:
  {"layout": "channels_last", "compiled": false, "steps": 10}    {"seconds": [of each step]}
  {"memory": true}                                               {"peakMemoryMb": most that was resident so far}
Or {"failed": why}. Layouts: default, channels_last, channels_last+bf16 (autocast). A step is forward, cross-entropy, backward, SGD with
Nesterov momentum and weight decay, fused where this PyTorch has it. Rectifiers work in place, as torchvision's do.
"""
import json, sys, time
import torch
import torch.nn.functional as F
from pytorch_networks import Net, network
from pytorch_reference import peak_resident_mb

# As lib/bench/models/timedSteps.ts does it.
FIRST_STEPS, FIRST_SECONDS, LEAST_STEPS, MOST_SECONDS = (3, 10), 2, 3, 5


class Trained(Net):
    def relu(self, x):
        return F.relu_(x)

    def relu6(self, x):
        return F.hardtanh_(x, 0.0, 6.0)


class Counted(Net):
    multiply_adds = 0

    def cost(self, multiply_adds):
        self.multiply_adds += multiply_adds


def initial(name, shape):
    """Filters by He et al. 2015, norms that change nothing."""
    if len(shape) > 1:
        return torch.nn.init.kaiming_normal_(torch.empty(shape))
    return torch.zeros(shape) if name.endswith(("running_mean", "bias")) else torch.ones(shape)


class Work:
    """One network, described as on the command line, with its training steps by layout."""

    def __init__(self, network, options, size, classes, batch, threads):
        torch.set_num_threads(threads)
        self.spec, self.shape, self.classes, self.steps = (network, options), (batch, 3, size, size), classes, {}

    def forward(self, net, x):
        run, options = network(self.spec[0], **self.spec[1])
        return run(net, x, self.classes, **options)

    def size(self):
        net = Counted(lambda name, shape: torch.zeros(shape))
        net.training = False
        with torch.no_grad():
            self.forward(net, torch.zeros(1, *self.shape[1:]))
        parameters = sum(v.numel() for v in net.variables.values() if v.requires_grad)
        return {"torch": torch.__version__, "parameters": parameters, "multiply_adds": net.multiply_adds}

    def step(self, layout, compiled):
        fmt = torch.contiguous_format if layout == "default" else torch.channels_last
        laid = lambda t: t.to(memory_format=fmt) if t.dim() == 4 else t
        net = Trained(initial)
        net.training = False
        with torch.no_grad():
            self.forward(net, torch.zeros(1, *self.shape[1:]))  # which makes the variables
        net.training = True
        for name, v in net.variables.items():
            net.variables[name] = laid(v.detach()).requires_grad_(v.requires_grad)
        x, y = laid(torch.randn(self.shape)), torch.randint(0, self.classes, (self.shape[0],))

        def loss_of(x, y):
            with torch.autocast("cpu", torch.bfloat16, enabled=layout.endswith("bf16")):
                logits = self.forward(net, x)
            return F.cross_entropy(logits.float(), y)

        loss_of, opt = torch.compile(loss_of) if compiled else loss_of, sgd([v for v in net.variables.values() if v.requires_grad])

        def step():
            loss = loss_of(x, y)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()

        return step

    def seconds(self, layout, compiled, steps):
        first = (layout, compiled) not in self.steps
        if first:
            self.steps[layout, compiled] = self.step(layout, compiled)
        step = self.steps[layout, compiled]
        timed(step, *(FIRST_STEPS if first else (1, 1)), FIRST_SECONDS)
        return timed(step, min(LEAST_STEPS, steps), steps, MOST_SECONDS)


def sgd(parameters):
    options = dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    try:
        return torch.optim.SGD(parameters, fused=True, **options)
    except (TypeError, RuntimeError):  # of an older PyTorch
        return torch.optim.SGD(parameters, **options)


def timed(step, least, most, seconds):
    """Times of steps: at least so many, and no further ones when the seconds are over."""
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or (len(times) < most and time.perf_counter() < end):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return times


def answer(work, command):
    if command.get("memory"):
        return {"peakMemoryMb": round(peak_resident_mb())}
    return {"seconds": work.seconds(command["layout"], command["compiled"], command["steps"])}


def main():
    say = lambda value: print(json.dumps(value), flush=True)
    work = Work(**json.loads(sys.argv[1]))
    say(work.size())
    for line in sys.stdin:
        try:
            say(answer(work, json.loads(line)))
        except Exception as error:  # torch.compile fails in many ways; each is told, and the next question answered
            text = [part for part in str(error).splitlines() if part.strip()]
            say({"failed": f"{type(error).__name__}: {text[0] if text else ''}"[:300]})


if __name__ == "__main__":
    main()
