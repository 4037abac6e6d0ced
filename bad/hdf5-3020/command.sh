# 1868 MiB resident, 5.2 s, 1869 MiB
nir lower m.nir --platform loihi2 --dt 1e-3 --input x7_0.npy
