#!/usr/bin/env python3
"""A small PyTorch reference of the experiments: the peer to measure against, and a source of golden values.

Needs only PyTorch (Debian: apt-get install python3-torch; run it with /usr/bin/python3).

  pytorch_reference.py bench  [--works ...] [--layouts ...] [--batch 128] [--steps 10] [--threads 2] [--depth 20]
      training speed of the same work in PyTorch eager: default layout, channels_last, channels_last with bf16 autocast:
      one JSON line per row {work, layout, ms_per_step, images_per_s}; works and layouts are names separated by commas;
      ssd and ssd300 (pytorch_ssd.py), which ask for smaller batches, are done when they are named
  pytorch_reference.py memory (the same options)
      does each work in each layout for that many steps and prints {work, layout, peak_memory_mb}: the most memory that was
      resident in this process so far, so that one work and one layout a run tell what they need
  pytorch_reference.py golden OUT.safetensors [--seed 0] [--depth 20] [--teacher-depth 20] [--option B] [--steps 5]
                      [--batch 8] [--factor 32] [--parts base,kd,ft,dml,ie-dml]
      weights, inputs, and by part: outputs, losses, gradients and a few IE-FT steps (base), a few steps of KD, FT, mutual
      learning and IE-DML, for comparison to 1e-4 or better

Definitions: He et al. 2016 (CIFAR ResNet, option A/B shortcuts); Kim et al. 2018 (factor transfer);
Hinton et al. 2015 (KD); Zhang et al. 2018 (DML); Huang et al. 2021 (IE-KD).
Layout here is PyTorch's: activations NCHW, conv weights OIHW, linear weights [out, in].
"""
import argparse, contextlib, copy, json, statistics, struct, sys, time
import torch
from torch import nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, cin, cout, stride, option):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.pad = cout // 4 if option == "A" and cin != cout else None
        self.short = None
        if option == "B" and (stride != 1 or cin != cout):
            self.short = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.short is not None:
            x = self.short(x)
        elif self.pad is not None:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(y + x)


class ResNet(nn.Module):
    """CIFAR ResNet of depth 6n+2; returns (logits, last feature map after ReLU)."""

    def __init__(self, depth=20, classes=10, option="B"):
        super().__init__()
        n, c = (depth - 2) // 6, 16
        self.conv, self.bn = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.blocks = nn.Sequential()
        for s, w in enumerate((16, 32, 64)):
            for k in range(n):
                self.blocks.add_module(f"{s}_{k}", Block(c, w, 2 if s and not k else 1, option))
                c = w
        self.fc = nn.Linear(64, classes)
        for m in self.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(m.weight)

    def forward(self, x):
        f = self.blocks(F.relu(self.bn(self.conv(x))))
        return self.fc(f.mean((2, 3))), f


class FactorEncoder(nn.Module):
    """Auto-encoder of feature maps; returns (factor, reconstruction). leaky ReLU 0.1, 3x3 convs, BN."""

    def __init__(self, cin, cout):
        super().__init__()

        def coder(a, b):
            layers = [nn.LeakyReLU(0.1)]
            for i, o in ((a, a), (a, b), (b, b)):
                layers += [nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(0.1)]
            return nn.Sequential(*layers)

        self.encode, self.decode = coder(cin, cout), coder(cout, cin)

    def forward(self, x):
        z = self.encode(x)
        return z, self.decode(z)


def factor_l1(a, b):
    """Mean absolute difference of the two factors, each flattened and L2-normalised per image."""
    return (F.normalize(a.flatten(1)) - F.normalize(b.flatten(1))).abs().mean()


def kd(logits, teacher, labels, alpha, t):
    soft = F.kl_div(F.log_softmax(logits / t, 1), F.softmax(teacher / t, 1), reduction="batchmean")
    return (1 - alpha) * F.cross_entropy(logits, labels) + alpha * t * t * soft


def sgd(*modules, lr=0.1):
    params = [p for m in modules for p in m.parameters()]
    return torch.optim.SGD(params, lr, momentum=0.9, nesterov=True, weight_decay=5e-4)


def ie_losses(net, enc_inh, enc_exp, teacher_factor, x, y):
    """The three terms of IE-KD with the factor metric: task, inheritance, exploration (already negated)."""
    logits, f = net(x)
    half = f.shape[1] // 2
    inh, exp = enc_inh(f[:, :half])[0], enc_exp(f[:, half:])[0]
    return F.cross_entropy(logits, y), factor_l1(inh, teacher_factor), -factor_l1(exp, teacher_factor)


LAYOUTS = ("default", "channels_last", "channels_last+bf16")
USUAL_WORKS = ("supervised", "ie-ft", "inference-resnet20")
WORKS = (*USUAL_WORKS, "ssd", "ssd300")


def work_step(a, work, layout):
    """One step of a work as a function, with the networks of that work in memory and no others."""
    fmt = torch.contiguous_format if layout == "default" else torch.channels_last
    mixed = lambda: torch.autocast("cpu", torch.bfloat16, enabled=layout.endswith("bf16"))
    if work.startswith("ssd"):
        import pytorch_ssd  # which reads blocks and the optimiser from here

        return pytorch_ssd.training_step(work, a.depth, a.batch, fmt, mixed)
    x = torch.randn(a.batch, 3, 32, 32).contiguous(memory_format=fmt)
    y = torch.randint(0, 10, (a.batch,))
    mk = lambda m: m.to(memory_format=fmt)
    if work == "inference-resnet20":
        teacher = mk(ResNet(20)).eval()

        def inference():
            with torch.no_grad(), mixed():
                teacher(x)

        return inference
    net = mk(ResNet(a.depth))
    if work == "supervised":
        opt = sgd(net)

        def supervised():
            with mixed():
                loss = F.cross_entropy(net(x)[0].float(), y)
            opt.zero_grad(); loss.backward(); opt.step()

        return supervised
    teacher = mk(ResNet(20)).eval()
    enc_t, e1, e2 = mk(FactorEncoder(64, 32)).eval(), mk(FactorEncoder(32, 32)), mk(FactorEncoder(32, 32))
    opt = sgd(net, e1, e2)

    def ie_ft():
        with mixed():
            with torch.no_grad():
                z = enc_t.encode(teacher(x)[1])
            ce, inh, exp = ie_losses(net, e1, e2, z, x, y)
        opt.zero_grad(); (ce + 50 * inh + 50 * exp).backward(); opt.step()

    return ie_ft


def bench(a):
    torch.set_num_threads(a.threads)
    for layout in a.layouts:
        for work in a.works:
            step = work_step(a, work, layout)
            step(); step(); times = []
            for _ in range(a.steps):
                t = time.perf_counter(); step(); times.append(time.perf_counter() - t)
            m = statistics.median(times)
            print(json.dumps({"work": work, "depth": a.depth, "layout": layout, "batch": a.batch, "threads": a.threads,
                              "ms_per_step": round(m * 1e3, 1), "images_per_s": round(a.batch / m, 1)}), flush=True)


def memory(a):
    torch.set_num_threads(a.threads)
    for layout in a.layouts:
        for work in a.works:
            step = work_step(a, work, layout)
            for _ in range(a.steps):
                step()
            print(json.dumps({"work": work, "depth": a.depth, "layout": layout, "batch": a.batch, "threads": a.threads,
                              "peak_memory_mb": round(peak_resident_mb())}), flush=True)


def peak_resident_mb():
    """Linux's own record of this program first: getrusage also counts the process that started it, as it was before."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def names_of(known):
    """A parser of names separated by commas."""
    def parse(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"expected names among {', '.join(known)}, received {name!r}")
        return names
    return parse


def save_safetensors(path, tensors, meta):
    head, blobs, at = {"__metadata__": {k: str(v) for k, v in meta.items()}}, [], 0
    for k, t in tensors.items():
        t = t.detach().contiguous()
        t = t.to(torch.int32) if t.dtype in (torch.int64, torch.int32) else t.to(torch.float32)
        b = t.numpy().tobytes()
        head[k] = {"dtype": "I32" if t.dtype == torch.int32 else "F32", "shape": list(t.shape), "data_offsets": [at, at + len(b)]}
        blobs.append(b); at += len(b)
    h = json.dumps(head).encode(); h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


SAMPLES = 64


def sampled(t):
    """At most 64 values of a tensor, evenly spaced from its first."""
    return t.flatten()[:: -(-t.numel() // SAMPLES)]


@contextlib.contextmanager
def held(net):
    """A network in training mode whose moving statistics stand still."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    for m in norms:
        m.momentum = 0.0
    yield
    for m in norms:
        m.momentum = 0.1


def step(opts, loss):
    for o in opts:
        o.zero_grad()
    loss.backward()
    for o in opts:
        o.step()


def kd_steps(net, teacher, xs, ys, alpha=0.9, t=4.0):
    """Rows task, KL, total; the teacher frozen, in evaluation mode."""
    net.train(); teacher.eval(); opt, rows = sgd(net), []
    for x, y in zip(xs, ys):
        with torch.no_grad():
            soft = F.softmax(teacher(x)[0] / t, 1)
        logits = net(x)[0]
        ce, kl = F.cross_entropy(logits, y), F.kl_div(F.log_softmax(logits / t, 1), soft, reduction="batchmean")
        loss = (1 - alpha) * ce + alpha * t * t * kl
        step([opt], loss); rows.append(torch.stack([ce, kl, loss]).detach())
    return torch.stack(rows)


def ft_steps(net, enc, teacher, enc_t, xs, ys):
    """Rows task, distance, total; enc maps the student's feature, enc_t the frozen teacher's."""
    net.train(); enc.train(); teacher.eval(); enc_t.eval(); opt, rows = sgd(net, enc), []
    for x, y in zip(xs, ys):
        with torch.no_grad():
            z = enc_t.encode(teacher(x)[1])
        logits, f = net(x)
        ce, d = F.cross_entropy(logits, y), factor_l1(enc.encode(f), z)
        loss = ce + 500 * d
        step([opt], loss); rows.append(torch.stack([ce, d, loss]).detach())
    return torch.stack(rows)


def mutual_steps(nets, encoders, xs, ys, alternate):
    """Two networks that learn from each other, each with an optimiser of its own. Rows: for each network task, KL and, with
    encoders (of the whole feature, of the inheritance and of the exploration half), inheritance, exploration (negated) and
    reconstruction; the total last. Whoever does not learn in a turn is in training mode, statistics held."""
    opts = [sgd(net, *encs) for net, encs in zip(nets, encoders)]
    for m in (*nets, *(e for encs in encoders for e in encs)):
        m.train()
    rows = []
    for x, y in zip(xs, ys):
        terms, total = {}, 0
        for turn in ((0,), (1,)) if alternate else ((0, 1),):
            outs = []
            for i, net in enumerate(nets):
                with contextlib.nullcontext() if i in turn else held(net), torch.set_grad_enabled(i in turn):
                    outs.append(net(x))
            targets = [None, None]
            for i, encs in enumerate(encoders):
                if encs:
                    encs[0].eval()
                    with torch.no_grad():
                        targets[i] = encs[0].encode(outs[i][1])
                    encs[0].train()
            loss = 0
            for i in turn:
                (logits, f), peer = outs[i], outs[1 - i][0].detach()
                own = [F.cross_entropy(logits, y), F.kl_div(F.log_softmax(logits, 1), F.softmax(peer, 1), reduction="batchmean")]
                if encoders[i]:
                    full, inh, exp = encoders[i]
                    half, z = f.shape[1] // 2, targets[1 - i]
                    back = full(f.detach())[1]
                    own += [factor_l1(inh.encode(f[:, :half]), z), -factor_l1(exp.encode(f[:, half:]), z)]
                    own += [(f.detach() - back).abs().mean()]
                terms[i] = own
                loss = loss + sum(w * v for w, v in zip((1, 1, 50, 50, 1), own))
            step([opts[i] for i in turn], loss); total = total + loss.detach()
        rows.append(torch.stack([*(v.detach() for i in (0, 1) for v in terms[i]), total]))
    return torch.stack(rows)


PARTS = ("base", "kd", "ft", "dml", "ie-dml")


def golden(a):
    torch.manual_seed(a.seed); torch.set_num_threads(1)
    out, k = {}, a.factor
    def put(prefix, module, part="", value=torch.clone):
        for name, v in module.state_dict().items():
            if "num_batches" not in name and name.startswith(part):
                out[f"{prefix}.{name}"] = value(v)
    def put_sampled(prefix, module, part=""):
        put(prefix, module, part, lambda v: sampled(v).clone())

    net, teacher = ResNet(a.depth, 10, a.option), ResNet(a.teacher_depth, 10, "B")
    enc_t, e1, e2 = FactorEncoder(64, k), FactorEncoder(32, k), FactorEncoder(32, k)
    for n, m in (("net", net), ("teacher", teacher), ("enc_t", enc_t)):
        put(f"init.{n}", m)
    for n, m in (("enc_inh", e1), ("enc_exp", e2)):  # their decoders are never used, but were always in the base
        put(f"init.{n}", m, "" if "base" in a.parts else "encode")
    xs, ys = torch.randn(a.steps, a.batch, 3, 32, 32), torch.randint(0, 10, (a.steps, a.batch))
    out["x"], out["y"] = xs, ys
    fresh = copy.deepcopy  # each part begins with the initial weights
    start = [fresh(m) for m in (net, teacher, enc_t, e1, e2)]
    if "base" in a.parts:
        golden_base(a, out, put, net, teacher, enc_t, e1, e2, xs, ys)
    if "kd" in a.parts:
        n, t = map(fresh, start[:2])
        out["kd.trajectory"] = kd_steps(n, t, xs, ys); put_sampled("kd.after.net", n)
    if "ft" in a.parts:
        n, t, e, _, _ = map(fresh, start); own = fresh(e)
        out["ft.trajectory"] = ft_steps(n, own, t, e, xs, ys)
        put_sampled("ft.after.net", n); put_sampled("ft.after.enc", own, "encode")
    for method in ("dml", "ie-dml"):
        for updates in ("alternate", "simultaneous") if method in a.parts else ():
            n, t, *encs = map(fresh, start)
            pairs = [encs, [fresh(e) for e in encs]] if method == "ie-dml" else [[], []]
            key = f"{method}.{updates}"
            out[f"{key}.trajectory"] = mutual_steps([n, t], pairs, xs, ys, updates == "alternate")
            for role, m, own in zip(("net", "peer"), (n, t), pairs):
                put_sampled(f"{key}.after.{role}", m)
                for name, e in zip(("t", "inh", "exp"), own):
                    put_sampled(f"{key}.after.{role}_enc_{name}", e, "" if name == "t" else "encode")
    meta = {n: v for n, v in vars(a).items() if n != "out"}
    save_safetensors(a.out, out, meta | {"parts": ",".join(a.parts), "torch": torch.__version__})
    print(f"{len(out)} tensors to {a.out}")
    for name in (n for n in out if n.endswith("trajectory")):
        print(f"{name}:\n{out[name]}")


def golden_base(a, out, put, net, teacher, enc_t, e1, e2, xs, ys):
    def grads(prefix, *modules):
        for i, m in enumerate(modules):
            for k, p in m.named_parameters():
                if p.grad is not None:
                    out[f"{prefix}.{i}.{k}"] = p.grad.clone()

    # one supervised forward and backward in train mode, then eval mode with the updated running statistics
    net.train(); logits, f = net(xs[0]); loss = F.cross_entropy(logits, ys[0]); loss.backward()
    out["train.logits"], out["train.feature"], out["train.ce"] = logits, f, loss; grads("train.grad", net)
    net.eval(); logits, f = net(xs[0]); out["eval.logits"], out["eval.feature"] = logits, f; put("after.net", net)
    net.zero_grad(set_to_none=True)
    # factor encoder: reconstruction loss is the mean absolute difference
    teacher.eval(); tl, tf_ = teacher(xs[0]); out["teacher.logits"], out["teacher.feature"] = tl, tf_
    enc_t.train(); z, rec = enc_t(tf_.detach()); loss = (tf_.detach() - rec).abs().mean(); loss.backward()
    out["enc_t.factor"], out["enc_t.rec"], out["enc_t.loss"] = z, rec, loss; grads("enc_t.grad", enc_t)
    # plain losses
    for al, t in ((0.9, 4.0), (0.95, 20.0)):
        lg = logits.detach().clone().requires_grad_(); l = kd(lg, tl.detach(), ys[0], al, t); l.backward()
        out[f"loss.kd_{al}_{t:g}"], out[f"loss.kd_{al}_{t:g}.grad"] = l, lg.grad
    p, q = torch.randn(a.batch, 32, 8, 8).requires_grad_(), torch.randn(a.batch, 32, 8, 8)
    l = factor_l1(p, q); l.backward(); out["loss.ft.p"], out["loss.ft.q"], out["loss.ft"], out["loss.ft.grad"] = p, q, l, p.grad
    lg = logits.detach().clone().requires_grad_()
    l = F.kl_div(F.log_softmax(lg, 1), F.softmax(tl.detach(), 1), reduction="batchmean"); l.backward()
    out["loss.mutual"], out["loss.mutual.grad"] = l, lg.grad
    # a trajectory of IE-FT steps: task + 50*inheritance + 50*exploration, encoders trained with the network
    net.train(); e1.train(); e2.train(); teacher.eval(); enc_t.eval(); opt = sgd(net, e1, e2); traj = []
    for x, y in zip(xs, ys):
        with torch.no_grad():
            z = enc_t.encode(teacher(x)[1])
        ce, inh, exp = ie_losses(net, e1, e2, z, x, y); loss = ce + 50 * inh + 50 * exp
        opt.zero_grad(); loss.backward(); opt.step(); traj.append(torch.stack([ce, inh, exp, loss]).detach())
    out["ie.trajectory"] = torch.stack(traj)
    for n, m in (("net", net), ("enc_inh", e1), ("enc_exp", e2)):
        put(f"ie.after.{n}", m)
    put("ie.enc_t", enc_t)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="cmd", required=True)
    b, m, g = (sub.add_parser(name) for name in ("bench", "memory", "golden")); g.add_argument("out")
    for q in (b, m):
        q.add_argument("--works", type=names_of(WORKS), default=USUAL_WORKS)
        q.add_argument("--layouts", type=names_of(LAYOUTS), default=LAYOUTS)
        q.add_argument("--threads", type=int, default=2)
    g.add_argument("--seed", type=int, default=0); g.add_argument("--factor", type=int, default=32)
    g.add_argument("--parts", type=names_of(PARTS), default=PARTS)
    g.add_argument("--option", default="B", choices="AB"); g.add_argument("--teacher-depth", type=int, default=20)
    for q, batch, steps in ((b, 128, 10), (m, 128, 10), (g, 8, 5)):
        q.add_argument("--batch", type=int, default=batch); q.add_argument("--steps", type=int, default=steps)
        q.add_argument("--depth", type=int, default=20)
    a = p.parse_args()
    {"bench": bench, "memory": memory, "golden": golden}[a.cmd](a)


if __name__ == "__main__":
    main()
