"""Spyx: `from_nir`, then a scan over time with a batch of one; pictures have their channels last."""

from importlib.metadata import version

import jax
import jax.numpy as jnp
import numpy as np
import spyx.nir
from flax import nnx
from nir_driver import serve, single


def run(graph, inputs, dt):
    jax.clear_caches()
    model = spyx.nir._build_model(graph, dt, nnx.Rngs(0))
    x = single(inputs)
    x = x.transpose(0, 2, 3, 1) if x.ndim == 4 else x
    out = spyx.nir.run(model, jnp.asarray(x[:, None]))
    out = np.asarray(out[0] if isinstance(out, tuple) else out)[:, 0]
    return out.transpose(0, 3, 1, 2) if out.ndim == 4 else out


serve("spyx", version("spyx"), run)
