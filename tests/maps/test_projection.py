"""RD and longitude/latitude: within a metre of the polynomials of Schreutelkamp and Strang van Hees (2001)."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.projection import lonlat_to_rd, rd_to_lonlat, to_lonlat, to_rd

LON, LAT = st.floats(3.4, 7.2), st.floats(50.8, 53.5)
X_TERMS = {
    (0, 1): 190094.945,
    (1, 1): -11832.228,
    (2, 1): -114.221,
    (0, 3): -32.391,
    (1, 0): -0.705,
    (3, 1): -2.340,
    (1, 3): -0.608,
    (0, 2): -0.008,
    (2, 3): 0.148,
}
Y_TERMS = {
    (1, 0): 309056.544,
    (0, 2): 3638.893,
    (2, 0): 73.077,
    (1, 2): -157.984,
    (3, 0): 59.788,
    (0, 1): 0.433,
    (2, 2): -6.439,
    (1, 1): -0.032,
    (0, 4): 0.092,
    (1, 4): -0.054,
}


def by_polynomial(lon: float, lat: float) -> tuple[float, float]:
    north, east = 0.36 * (lat - 52.15517440), 0.36 * (lon - 5.38720621)
    x = 155_000 + sum(factor * north**p * east**q for (p, q), factor in X_TERMS.items())
    y = 463_000 + sum(factor * north**p * east**q for (p, q), factor in Y_TERMS.items())
    return x, y


@given(LON, LAT)
def test_rd_is_within_a_metre_of_the_published_polynomials(lon: float, lat: float) -> None:
    found = lonlat_to_rd(np.array([[lon, lat]]))

    assert np.abs(found[0] - by_polynomial(lon, lat)).max() < 1


@given(LON, LAT)
def test_there_and_back_is_the_same_point(lon: float, lat: float) -> None:
    there_and_back = rd_to_lonlat(lonlat_to_rd(np.array([[lon, lat]])))

    assert np.abs(there_and_back - (lon, lat)).max() < 1e-8


def test_a_square_of_a_hundred_metres_has_an_area_of_a_hectare() -> None:
    square = to_lonlat(shapely.box(238_000, 523_000, 238_100, 523_100))

    assert round(to_rd(square).area, 3) == 10_000
    assert 0.0014 < square.bounds[2] - square.bounds[0] < 0.0016
