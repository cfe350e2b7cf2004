// serve/cli: what `auditctl init` says, in both languages. Apart from the other words, which every start reads.
import type { Language } from "../../../model/language.ts";

const english = {
  title: "audit-overlay: five questions, then a config file",
  server: "Which server's log is to be read? (host:port)",
  user: "With which account?",
  password: "Its password? (it goes into a file of its own)",
  passwordKnown: (origin: string) => `The password is taken from ${origin}.`,
  databases: "Which databases? (commas between them; nothing: all)",
  databasesListed: "Which databases? (space chooses, Enter goes on; none chosen: all)",
  store: "In which file is the trail to be kept?",
  checking: (address: string) => `asking ${address}`,
  sql: "On the server, run as an administrator:",
  next: "What now?",
  again: "Check again (after running the SQL)",
  change: "Answer again",
  anyway: "Go on; mend the server later",
  notServer: "must be host or host:port, the port from 1 to 65535",
  missing: "must not be empty",
  trailingSpace: "must not begin or end with a space, nor hold a line end: a password file cannot keep those",
  cancelled: "Nothing was written.",
  written: (path: string) => `Written: ${path}`,
  ready: "The server is ready.",
  notReady: "The server is not ready yet; the settings are written all the same.",
  pharmacy: "The rule pack `pharmacy`, which comes with audit-overlay, was put in for the database of that name.",
  suggest: "What rows mean is told by a rule pack; for a first draft of one: auditctl rules suggest --help",
  commands: "Next:",
  all: "all",
};

export type InitWords = typeof english;

const spanish: InitWords = {
  title: "audit-overlay: cinco preguntas y un archivo de configuración",
  server: "¿De qué servidor se lee el registro? (host:puerto)",
  user: "¿Con qué cuenta?",
  password: "¿Su contraseña? (se guarda en un archivo aparte)",
  passwordKnown: (origin) => `La contraseña se toma de ${origin}.`,
  databases: "¿Qué bases de datos? (separadas por comas; nada: todas)",
  databasesListed: "¿Qué bases de datos? (espacio elige, Enter sigue; ninguna: todas)",
  store: "¿En qué archivo se guarda el rastro?",
  checking: (address) => `preguntando a ${address}`,
  sql: "En el servidor, ejecute como administrador:",
  next: "¿Y ahora?",
  again: "Comprobar otra vez (tras ejecutar el SQL)",
  change: "Responder de nuevo",
  anyway: "Seguir; el servidor se arregla después",
  notServer: "debe ser host o host:puerto, el puerto de 1 a 65535",
  missing: "no puede quedar vacío",
  trailingSpace: "no puede empezar ni terminar con un espacio, ni contener un salto de línea: el archivo no los guarda",
  cancelled: "No se escribió nada.",
  written: (path) => `Escrito: ${path}`,
  ready: "El servidor está listo.",
  notReady: "El servidor aún no está listo; los ajustes quedan escritos igualmente.",
  pharmacy:
    "Se puso el paquete de reglas `pharmacy`, que viene con audit-overlay, para la base de datos de ese nombre.",
  suggest:
    "Qué significan las filas lo dice un paquete de reglas; para un primer borrador: auditctl rules suggest --help",
  commands: "A continuación:",
  all: "todas",
};

export const initWords: Record<Language, InitWords> = { en: english, es: spanish };
