
import nirkit

nirkit.eval("net.nir", "NMNIST/Test", None, "spyx", dt=1e-3, duration=0.3)
