"""astropy.constants: the constants of nature."""

from qa2_units import ASTRONOMICAL_UNIT, ELECTRON_CHARGE, GRAVITATION, PARSEC, Quantity, UnitTypeError


class Constant(Quantity):
    """A constant of nature: a quantity with a name."""

    def __init__(self, abbrev, name, value, unit, uncertainty=0.0, reference='CODATA 2022'):
        super().__init__(value, unit)
        self.abbrev, self.name, self.uncertainty, self.reference = abbrev, name, uncertainty, reference

    def __reduce__(self):
        return Quantity, (self._value, self.unit)

    def _become(self, found):
        raise UnitTypeError('A constant does not change: make a Quantity of it first.')


_CONSTANTS = """
G|Gravitational constant|{gravitation!r}|m3 / (kg s2)|1.5e-15
N_A|Avogadro's number|6.02214076e+23|1 / mol|0
R|Gas constant|8.31446261815324|J / (K mol)|0
Ryd|Rydberg constant|10973731.568157|1 / m|1.2e-05
a0|Bohr radius|5.29177210544e-11|m|8.2e-21
alpha|Fine-structure constant|0.0072973525643||1.1e-12
au|Astronomical Unit|{au!r}|m|0
b_wien|Wien wavelength displacement law constant|0.0028977719551851727|m K|0
c|Speed of light in vacuum|299792458.0|m / s|0
e|Electron charge|{charge!r}|C|0
eps0|Vacuum electric permittivity|8.8541878188e-12|A2 s4 / (kg m3)|1.4e-21
g0|Standard acceleration of gravity|9.80665|m / s2|0
h|Planck constant|6.62607015e-34|J s|0
hbar|Reduced Planck constant|1.0545718176461565e-34|J s|0
k_B|Boltzmann constant|1.380649e-23|J / K|0
kpc|Kiloparsec|3.0856775814913674e+19|m|0
L_sun|Nominal solar luminosity|3.828e+26|W|0
M_earth|Earth mass|5.972167867791379e+24|kg|1.3422009501651213e+20
M_jup|Jupiter mass|1.8981245973360505e+27|kg|4.26589589320839e+22
M_sun|Solar mass|1.988409870698051e+30|kg|4.468805426856864e+25
m_e|Electron mass|9.1093837139e-31|kg|2.8e-40
m_n|Neutron mass|1.67492750056e-27|kg|8.5e-37
m_p|Proton mass|1.67262192595e-27|kg|5.2e-37
mu0|Vacuum magnetic permeability|1.25663706127e-06|N / A2|2e-16
muB|Bohr magneton|9.2740100657e-24|J / T|2.9e-33
pc|Parsec|{pc!r}|m|0
R_earth|Nominal Earth equatorial radius|6378100.0|m|0
R_jup|Nominal Jupiter equatorial radius|71492000.0|m|0
R_sun|Nominal solar radius|695700000.0|m|0
sigma_T|Thomson scattering cross-section|6.6524587051e-29|m2|6.2e-38
sigma_sb|Stefan-Boltzmann constant|5.6703744191844294e-08|W / (K4 m2)|0
u|Atomic mass|1.66053906892e-27|kg|5.2e-37
""".format(au=ASTRONOMICAL_UNIT, pc=PARSEC, gravitation=GRAVITATION, charge=ELECTRON_CHARGE)


def constants_by_name():
    made = {}
    for line in _CONSTANTS.strip().splitlines():
        abbrev, name, value, unit, uncertainty = line.split('|')
        made[abbrev] = Constant(abbrev, name, float(value), unit, float(uncertainty))
    return made


BY_NAME = constants_by_name()
