"""Plain loops, as one would write them first: textbook Ising for numba, machine by machine, states written out, CD-1 in torch."""

import itertools
import math
from random import random

import numpy as np


def metropolis(spins, beta):
    """One sweep of Metropolis, site by site, in place."""
    rows, columns = spins.shape
    for i in range(rows):
        for j in range(columns):
            neighbours = spins[(i + 1) % rows, j] + spins[i - 1, j] + spins[i, (j + 1) % columns] + spins[i, j - 1]
            rise = 2 * spins[i, j] * neighbours
            if rise <= 0 or random() < math.exp(-beta * rise):
                spins[i, j] = -spins[i, j]


def checkerboard_heat_bath(spins, beta):
    """One sweep of heat bath, the black sites and then the white ones, in place."""
    rows, columns = spins.shape
    for colour in range(2):
        for i in range(rows):
            for j in range((i + colour) % 2, columns, 2):
                neighbours = spins[(i + 1) % rows, j] + spins[i - 1, j] + spins[i, (j + 1) % columns] + spins[i, j - 1]
                spins[i, j] = 1 if random() < 1 / (1 + math.exp(-2 * beta * neighbours)) else -1


def many_sweeps(sweep):
    """Return a function that sweeps many times and measures the energy and the magnetisation per site after each; for numba."""

    def simulate(spins, beta, sweeps):
        rows, columns = spins.shape
        energies, magnetisations = np.zeros(sweeps), np.zeros(sweeps)
        for t in range(sweeps):
            sweep(spins, beta)
            bonds = ups = 0
            for i in range(rows):
                for j in range(columns):
                    bonds += spins[i, j] * (spins[i - 1, j] + spins[i, j - 1])
                    ups += spins[i, j]
            energies[t], magnetisations[t] = -bonds / spins.size, ups / spins.size
        return energies, magnetisations

    return simulate


def machine_by_machine(weights, biases, states, betas):
    """Sweep one machine of 0/1 units after the other, unit by unit, in place: weights (trials, N, N), states (trials, N)."""
    for matrix, bias, state in zip(weights, biases, states, strict=True):
        for beta in betas:
            for i in range(len(state)):
                state[i] = random() < 1 / (1 + math.exp(-beta * (matrix[i] @ state + bias[i])))
    return states


def second_moments(weights, biases, beta):
    """Return ln Z and all <s_i s_j> of N spins, with every state written out; N small."""
    states = np.array(list(itertools.product((-1.0, 1.0), repeat=len(biases))))
    energies = -0.5 * ((states @ weights) * states).sum(axis=1) - states @ biases
    factors = np.exp(-beta * energies)
    return math.log(factors.sum()), states.T @ (states * factors[:, None]) / factors.sum()


def torch_cd1(torch, weights, visible_bias, hidden_bias, batches, rate):
    """CD-1 in plain PyTorch, batch by batch; the parameters (tensors) are changed in place."""
    with torch.no_grad():
        for v in batches:
            p = torch.sigmoid(v @ weights + hidden_bias)
            h = torch.bernoulli(p)
            fantasy = torch.bernoulli(torch.sigmoid(h @ weights.T + visible_bias))
            q = torch.sigmoid(fantasy @ weights + hidden_bias)
            weights += rate / len(v) * (v.T @ p - fantasy.T @ q)
            visible_bias += rate * (v - fantasy).mean(0)
            hidden_bias += rate * (p - q).mean(0)
