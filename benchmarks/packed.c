/* 64 bit-packed replicas of one periodic Ising lattice, heat bath: the C with vectors of 512 bits that netlib.packed is held against.
   The method is that of netlib/packed.py, step by step; only the random numbers come from xoshiro256+, eight of them side by side. */
#include <stdint.h>
#include <string.h>

#define LANES 8
typedef uint64_t vec __attribute__((vector_size(8 * LANES), aligned(8)));

static vec state[4];

static inline vec draw(void)
{
    vec result = state[0] + state[3], t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = state[3] << 45 | state[3] >> 19;
    return result;
}

void seed(uint64_t number)
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < LANES; k++) {
            uint64_t z = number += 0x9e3779b97f4a7c15;
            z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
            z = (z ^ z >> 27) * 0x94d049bb133111eb;
            state[i][k] = z ^ z >> 31;
        }
}

/* The few bits that the digits have left open: one uniform number for each. */
static uint64_t late(uint64_t undecided, uint64_t unanimous, const double *rest)
{
    uint64_t below = 0;
    for (; undecided; undecided &= undecided - 1) {
        int replica = __builtin_ctzll(undecided);
        double uniform = (draw()[0] >> 11) * 0x1p-53;
        if (uniform < rest[64 * (unanimous >> replica & 1) + replica])
            below |= (uint64_t)1 << replica;
    }
    return below;
}

/* One colour: here and there have shape (rows, half), half a multiple of LANES and at most 4096. */
static void half_sweep(uint64_t *here, const uint64_t *there, int rows, int half, int parity, int digits,
                       const uint64_t *of_two, const uint64_t *differ, const double *rest)
{
    uint64_t beside[4096];
    for (int i = 0; i < rows; i++) {
        const uint64_t *row = there + (long)i * half;
        const uint64_t *above = there + (long)((i + rows - 1) % rows) * half, *below_row = there + (long)((i + 1) % rows) * half;
        if (i % 2 == parity) {
            memcpy(beside + 1, row, 8 * (half - 1));
            beside[0] = row[half - 1];
        } else {
            memcpy(beside, row + 1, 8 * (half - 1));
            beside[half - 1] = row[0];
        }
        for (int j = 0; j < half; j += LANES) {
            vec a = *(vec *)(above + j), b = *(vec *)(below_row + j), c = *(vec *)(row + j), d = *(vec *)(beside + j);
            vec ab = a ^ b, cd = c ^ d, carry_ab = a & b, carry_cd = c & d;
            vec ones = ab ^ cd, twos = carry_ab ^ carry_cd ^ (ab & cd), fours = carry_ab & carry_cd;
            vec coin = draw(), tied = twos & ~ones, majority = fours | (ones & twos), unanimous = ~(ones | twos);
            vec undecided = ~(coin | tied), below = undecided ^ undecided;
            for (int k = 0; k < digits; k++) {
                vec digit = (unanimous & differ[k]) ^ of_two[k];
                vec decided = draw() & undecided;
                undecided ^= decided;
                below |= decided & digit;
            }
            for (int k = 0; k < LANES; k++)
                if (undecided[k])
                    below[k] |= late(undecided[k], unanimous[k], rest);
            *(vec *)(here + (long)i * half + j) = (majority ^ below) | (tied & coin);
        }
    }
}

void run(uint64_t *black, uint64_t *white, int rows, int half, int sweeps, int digits,
         const uint64_t *of_two, const uint64_t *differ, const double *rest)
{
    for (int sweep = 0; sweep < sweeps; sweep++) {
        half_sweep(black, white, rows, half, 0, digits, of_two, differ, rest);
        half_sweep(white, black, rows, half, 1, digits, of_two, differ, rest);
    }
}
