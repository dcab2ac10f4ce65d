"""Ordinary sentences of an ordinary phone, invented, in Spanish and English; slots are filled from the lists below."""

FIRST = (
    *(
        "Ana",
        "Bruno",
        "Carmen",
        "Darío",
        "Elisa",
        "Fermín",
        "Gabriela",
        "Héctor",
        "Inés",
        "Joaquín",
        "Karina",
        "Lázaro",
    ),
    *("Marisol", "Néstor", "Olivia", "Pablo", "Quetzalli", "Ramiro", "Socorro", "Tomás", "Úrsula", "Víctor", "Ximena"),
)
LAST = (
    *("Abasolo", "Bermejo", "Carrizales", "Dorantes", "Escamilla", "Figueres", "Gallardo", "Huerta", "Ibarra", "Jaso"),
    *("Lozada", "Mondragón", "Natera", "Olmedo", "Pedraza", "Quiroz", "Robledo", "Sandoval", "Terrazas", "Urrutia"),
)
PLACES = (
    *(
        "la redacción",
        "el café de la esquina",
        "la plaza",
        "casa de mi mamá",
        "el archivo",
        "la estación",
        "el mercado",
    ),
    *("la biblioteca", "el parque", "la oficina", "el teatro", "la universidad"),
)
THINGS = (
    *("la nota", "el reportaje", "las fotos", "la entrevista", "el recibo", "las llaves", "el cargador", "los boletos"),
    *("la presentación", "el borrador", "la lista del súper", "el pastel", "los documentos", "la grabadora"),
)
TOPICS = (
    *("el presupuesto municipal", "la obra del tren", "el agua", "las elecciones", "el hospital", "la línea nueva"),
    *("los maestros", "la auditoría", "el mercado", "las lluvias", "la feria del libro", "el estadio"),
)
SPANISH = (
    "Ya voy para {place}, llego en {number} minutos",
    "¿Me mandas {thing} cuando puedas?",
    "Gracias {name}, quedó muy bien {thing}",
    "Nos vemos a las {hour} en {place}",
    "No encuentro {thing}, ¿la dejé contigo?",
    "Hoy salgo tarde, hablamos mañana de {topic}",
    "¿Viste lo que salió sobre {topic}? Hay que darle seguimiento",
    "La junta se movió a las {hour}",
    "Te marco en {number} minutos, estoy en {place}",
    "Feliz cumpleaños {name}! Te mando un abrazo",
    "Jajaja no lo puedo creer",
    "Va, perfecto",
    "Sí, por favor. Y avísale a {name}",
    "¿Cuántas cuartillas llevas de {topic}?",
    "Se fue la luz en {place}, voy a trabajar desde otro lado",
    "Mañana hay rueda de prensa sobre {topic} a las {hour}, ¿vas?",
    "Ya deposité, te mando el comprobante al rato",
    "No se te olvide {thing}",
    "Estoy leyendo esto sobre {topic}: {link}",
    "Compré {number} kilos de tortillas, ¿hacen falta más?",
    "El taxi dice que llega en {number}",
    "Perdón, estaba en {place} y no oí el teléfono",
    "¿Comemos en {place}?",
    "Quedó pendiente {thing}, lo vemos el lunes",
    "{name} pregunta si puedes revisar {thing} antes de las {hour}",
    "Buenos días, ¿cómo sigue tu papá?",
    "Me gustó mucho tu texto de {topic}",
    "Tu saldo es de {number} pesos. Recarga antes del viernes.",
    "Su cita es a las {hour}. Responda 1 para confirmar.",
    "Tu código de verificación es {code}. No lo compartas con nadie.",
)
ENGLISH = (
    "On my way, {number} minutes",
    "Can you send me the draft on the audit before {hour}?",
    "Thanks {name}, that was really helpful",
    "Our editor wants {number} more lines, sorry",
    "Are you coming to the conference in the spring?",
    "Happy to talk on the record, call me at {hour}",
    "Did you get the photos? The file was huge",
    "Here is the background piece I mentioned: {link}",
    "Let's move the call to {hour}, my flight is late",
    "No worries, take your time",
    "Great interview yesterday!",
    "The grant report is due on Friday, can you check page {number}?",
    "I will be in town next week, coffee?",
    "Your verification code is {code}",
)
CHATTER = (
    "Buenos días a todos",
    "¿Quién cubre {topic} hoy?",
    "Yo voy, salgo de {place} a las {hour}",
    "Ya subí {thing} a la carpeta",
    "Falta la cabeza y el sumario",
    "Cierre a las {hour}, por favor",
    "¿Alguien tiene el teléfono de {name}?",
    "Les paso la liga: {link}",
    "Jajajaja",
    "Mañana festejamos a {name}, traigan algo",
    "Va en primera plana",
    "Corregido, gracias {name}",
    "¿Pueden revisar la página {number}?",
    "Llueve muchísimo en {place}",
    "👍",
    "¿A qué hora es la comida?",
    "Sending you the English version in {number} minutes",
    "Great work everyone, see you at {hour}",
)
LINKS = (
    "https://es.wikipedia.org/wiki/Periodismo",
    "https://es.wikipedia.org/wiki/Ciudad_de_M%C3%A9xico",
    "https://en.wikipedia.org/wiki/Freedom_of_the_press",
    "https://www.openstreetmap.org/#map=14/19.43/-99.13",
    "https://elpregonero.example/nota/{number}/{code}",
    "https://archivo.elpregonero.example/2016/{number}",
    "https://datos.ciudad.example/consulta?folio={code}",
    "https://www.youtube.com/watch?v=ejemplo{number}",
)
SITES = (
    ("https://es.wikipedia.org/wiki/Especial:Aleatoria?n={code}", "Wikipedia, la enciclopedia libre"),
    ("https://en.wikipedia.org/wiki/Special:Random?n={code}", "Wikipedia, the free encyclopedia"),
    ("https://elpregonero.example/nota/{number}/{code}", "El Pregonero del Valle"),
    ("https://elpregonero.example/seccion/ciudad?p={number}", "Ciudad, El Pregonero del Valle"),
    ("https://www.google.com/search?q=periodismo+{code}", "Buscar con Google"),
    ("https://www.youtube.com/watch?v=ejemplo{number}", "YouTube"),
    ("https://correo.example/bandeja?p={number}", "Bandeja de entrada"),
    ("https://clima.example/cdmx/{number}", "El clima"),
    ("https://www.openstreetmap.org/#map=15/19.{code}/-99.{number}", "OpenStreetMap"),
    ("https://recetas.example/mole-{number}", "Recetas de la abuela"),
    ("https://bolsa.trabajo.example/vacante/{code}", "Vacantes"),
    ("https://transparencia.ciudad.example/solicitud/{code}", "Solicitudes de información"),
)
MEETINGS = ("Junta de redacción", "Entrevista con {name}", "Dentista", "Comida con {name}", "Cierre de edición", "Yoga")
APPS = (
    *("net.whatsapp.WhatsApp WhatsApp", "com.google.Maps Maps", "com.atebits.Tweetie2 Twitter"),
    *("com.google.Gmail Gmail", "com.spotify.client Spotify", "mx.example.banco Banco", "mx.example.taxi Taxi"),
)
PROCESSES = (
    *("mobilesafari com.apple.mobilesafari", "MobileSMS com.apple.MobileSMS", "WhatsApp net.whatsapp.WhatsApp"),
    *("Maps com.apple.Maps", "itunesstored", "apsd", "mDNSResponder", "nsurlsessiond", "cloudd", "identityservices"),
    *("MobileMail com.apple.mobilemail", "Twitter com.atebits.Tweetie2", "locationd", "timed", "assistantd"),
    *("softwareupdates", "mobileassetd", "Spotify com.spotify.client", "Banco mx.example.banco", "gamed"),
    *("Taxi mx.example.taxi", "Gmail com.google.Gmail", "mediaserverd", "CommCenter", "findmydeviced"),
)
