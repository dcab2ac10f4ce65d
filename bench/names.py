"""Invented values for indicators and for ordinary life: long random names under real suffixes, reserved addresses."""

from random import Random

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SUFFIXES = ("com", "net", "org", "info", "mx", "com.mx", "co", "online", "site")
WORDS = (
    *("noticias", "mensaje", "cuenta", "banco", "envio", "seguro", "portal", "aviso", "movil", "red", "correo", "foto"),
    *(
        "video",
        "clima",
        "salud",
        "trabajo",
        "escuela",
        "viaje",
        "musica",
        "mapa",
        "tienda",
        "factura",
        "premio",
        "voto",
    ),
)
NETS = ("192.0.2", "198.51.100", "203.0.113")  # reserved for documentation
PLANTED, OTHERS = NETS[:2], NETS[2:]  # so that what fills a feed is neither planted nor a decoy


class Names:
    """Draws values that nobody owns; each is new, so that a hit tells which plant it was."""

    def __init__(self, seed: int, nets: tuple[str, ...] = PLANTED) -> None:
        self.draw = Random(seed)
        self.ips = [f"{net}.{host}" for net in nets for host in range(100, 255)]  # none begins another
        self.draw.shuffle(self.ips)
        self.used: set[str] = set()

    def label(self, length: int = 12) -> str:
        while (label := "".join(self.draw.choices(LETTERS, k=length))) in self.used:
            continue
        self.used.add(label)
        return label

    def domain(self) -> str:
        return f"{self.draw.choice(WORDS)}-{self.label()}.{self.draw.choice(SUFFIXES)}"

    def unicode_domain(self) -> str:
        return f"mañana-{self.label()}.com"

    def url(self) -> str:
        return f"https://{self.domain()}/{self.label(8)}/{self.draw.randrange(10**7):07d}s"

    def ip(self) -> str:
        return self.ips.pop()

    def email(self) -> str:
        return f"{self.label(9)}@{self.domain()}"

    def phone(self) -> str:
        while (number := f"+525555{self.draw.randrange(900_000):06d}") in self.used:
            continue
        self.used.add(number)
        return number

    def process(self) -> str:
        return self.label(9) + "d"

    def long_process(self) -> str:
        return self.label(21) + "d"

    def path(self) -> str:
        return f"/private/var/tmp/{self.label(8)}/{self.label(8)}"

    def file_name(self) -> str:
        return f"com.{self.label(10)}.plist"

    def app_id(self) -> str:
        return f"com.{self.label(8)}.{self.label(8)}"

    def profile(self) -> str:
        digits = f"{self.draw.getrandbits(128):032X}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-A{digits[17:20]}-{digits[20:]}"

    def hash(self) -> str:
        return f"{self.draw.getrandbits(256):064x}"
