// ai: ordinary Spanish words with which a day of trade can be told. A closed list, with the same things left out as in English.
export const spanishWords = `
el la los las lo un una uno unos unas al del este esta esto estos estas ese esa eso esos esas aquel aquella aquello aquellos aquellas
mismo misma mismos mismas otro otra otros otras cada todo toda todos todas ambos ambas cualquier cualquiera algún alguna algunos algunas algo
alguien mucho mucha muchos muchas poco poca pocos pocas varios varias más menos mayor mayores menor menores tanto tanta tantos tantas demás
cuyo cuya cuyos cuyas propio propia propios propias su sus suyo suya se le les él ella ellos ellas
que quien quienes cual cuales cuando cuándo donde dónde como cómo cuanto cuanta cuantos cuantas qué quién cuál si aunque mientras pues porque
y e o u pero sino ni también además incluso aun aún ya todavía siempre solo sólo solamente únicamente apenas casi bien muy así luego entonces
asimismo igualmente igual aparte juntos juntas junto en de a con por para desde hasta entre sobre bajo ante tras según durante contra hacia
debido mediante dentro fuera antes después cerca lejos encima debajo alrededor frente respecto cuanto través partir pesar vez veces tal tales
es son era eran fue fueron sea sean ser sido siendo está están estaba estaban estuvo estuvieron estar estado estando
ha han había habían hubo haber habido hay haya hayan tiene tienen tenía tenían tuvo tuvieron tener tenido teniendo
hace hacen hacía hizo hicieron hacer hecho haciendo puede pueden podía pudo podría podrían poder debe
va van iba fue ir ido viene vienen vino vinieron venir queda quedan quedó quedaron quedar quedado sigue siguen siguió siguieron seguir seguido
da dan dio dieron dar dado dice dicen dijo decir dicho ve ven vio vieron ver visto sabe saben sabía saber sabido
actividad actividades activo activa activos activas actor actores ajuste ajustes ajustó ajustaron ajustar ajustado ajustada ajustados ajustadas
almacén almacenes alto alta altos altas anomalía anomalías anormal anterior anteriores anteriormente anotado anotada anotados anotadas anotó aparece
aparecen apareció aparecieron aplicación aproximadamente área asiento asientos atención atípico atípica atípicos atípicas aumento aumentos aumentó
aumentaron aumentar aumentado autor autores auditoría
bajó bajaron bajar bajado baja bajas bajo bajos balance base bases
caja cajas cajero cajera cajeros cajeras calma calle cambio cambios cambió cambiaron cambiar cambiado cambiada cambiados cambiadas cancelación
cancelaciones cancelado cancelada cancelados canceladas canceló cantidad cantidades captura capturó capturado capturados capturada capturadas caso casos categoría
categorías centro cierre cierres cerrado cerrada cerró cifra cifras clase clases cliente clientes coincide coinciden coincidió coincidieron columna
comercial comenzó comenzaron comenzar comienzo compara comparado comparada comparados comparadas comparar comparación compra compras compró comprado
comprende comprenden completó completaron completado completada completados completadas completar completo completa completos completas común comunes
concentra concentran concentró concentraron concreto confirmado confirmada confirmados confirmadas conjunto conocido conocida conoce consta constan
contiene contienen contenía contó contaron contado continuó continuaron corresponde corresponden correspondió correspondieron corrección correcciones
correspondiente correspondientes creó crearon creado creada creados creadas crear creación crédito cuenta cuentas cubre cubren cubierto
da datos dato desviación desviaciones descuento descuentos destaca destacan destacó destacaron destacado destacada destacados destacadas destacar
detalle detalles detectó detectaron detectado detectada detectados detectadas detectar detección devolución devoluciones devolvió devuelto devuelta
devueltos devueltas día días diaria diario diarias diarios diferencia diferencias diferente diferentes directo disminución disminuyó disminuyeron
disminuir distinto distinta distintos distintas documento documentos dónde duplicado duplicada duplicados duplicadas durante duró
efectuó efectuaron efectuado efectuada efectuados efectuadas eliminó eliminaron eliminado eliminada eliminados eliminadas eliminación eliminaciones
elevado elevada elevados elevadas empezó empleado empleada empleados empleadas encontró encontraron encontrado encontrada encontrados encontradas
encuentra encuentran entidad entidades entrada entradas entrega entregas entregado equivale equivalente error errores escala escribió escrito
espera esperaba esperado esperada esperados esperadas estable estables evento eventos evidencia exactamente exacto exacta existe existen existía
explica explican explicado explicada explicados explicadas explicación explicar extraordinario
falta faltan faltaron faltaba farmacia farmacias farmacéutico fecha fechas fila filas fin final finalmente forma formas fuera fuente frecuencia
frecuente frecuentes franja función funciones
general generales generalmente generó generaron gran grande grandes gravedad grupo grupos
habitual habituales habitualmente hecho hechos historia histórico histórica hora horas horario horarios hueco huecos
idéntico idéntica identificó identificaron identificado identificada identificados identificadas importe importes incluidos incluidas incluido incluida
incluye incluyen incluyó incluyeron incremento incrementó incrementaron indica indican indicó indicaron individual inferior inferiores información
inicial inicio inició iniciado interrupción intervalo inusual inusuales inventario inventarios implica implican implicó involucra involucrado involucró
jornada jornadas junto
largo larga lee lectura leído leve ligero ligera ligeramente límite límites línea líneas lista local locales lote lotes llega llegan llegó llegaron
llegado llegar llevó lugar lugares
mantuvo mantuvieron mantiene mantienen máximo máxima media medio medición mediana medicamento medicamentos medida mención menciona mes meses mínimo
mínima minuto minutos mismo moderado moderada modificó modificaron modificado modificada modificados modificadas modificación modificaciones momento
momentos mostró mostraron mostrar mostrado motivo motivos movimiento movimientos muestra muestran muestras
nivel niveles nombre nombres normal normales normalmente nota notable notables nuevo nueva nuevos nuevas numeroso número números
objeto observa observan observó observaron observado observada observados observadas ocurre ocurren ocurrió ocurrieron ocurrido ocurrir operación
operaciones orden ordinario origen original
pago pagos par pares parecido parecida parte partes particular paso pasó pasos patrón patrones pedido pedidos pendiente pendientes periodo período
periodos períodos permiso permisos persona personas personal poco posible posibles posiblemente posterior posteriores precio precios presentó
presentaron presenta presentan previo previa previos previas primera primer primero primeras primeros principal principales principalmente proceso
procesó procesaron procesado procesada procesados procesadas procede produjo produjeron producto productos producido promedio proveedor proveedores
punto puntos prácticamente
quizá quizás
rango rastro razón reciente recientes recientemente recepción recepciones recibe recibió recibieron recibido recibida recibidos recibidas receta recetas
reducción redujo redujeron reembolso reembolsos referencia refiere refieren refleja reflejan reflejó registra registran registró registraron
registrado registrada registrados registradas registrar registro registros regla reglas regular realiza realizan realizó realizaron realizado realizada
realizados realizadas relación relacionado relacionada relacionados relacionadas relevante relevantes repetición repetido repetida repetidos repetidas
repite repitió resto resulta resultado resultados resultó resume resumen resumido respectivamente respecto reúne rol roles robusta robusto ruptura
salida salidas se segundos semana semanas semanal seguimiento señal señala señalada señaladas señalado señalados señaló sencillo separado
serie similar similares simple sistema sistemas sitio situó situación sobre sucede sucedió sucursal sucursales suele suelen suma superior superiores
supera superan superó superaron supone suponen supuso stock subió subieron subir subida subidas sube
tabla tablas tarjeta técnico tiempo tienda tiendas tipo tipos típico típica típicos típicas tomó total totales totalidad trabajo trabajador trabajadores
tramo tramos tranquila tranquilo transacción transacciones transferencia transferencias transferido trata tratan trató traslado traslados
ubicación ubicaciones última últimas último últimos unidad unidades unido usó usado usual usuales usuario usuaria usuarios usuarias
valor valores varía variación variaciones vendió vendieron vendido vendida vendidos vendidas vender venta ventas ventana verificado
volumen vuelve vuelta umbral umbrales zona zonas
alcance alerta alertas acceso accesos activó administrador administradora agrega agregó agregado añadió añadido asignó asignado asignada asociado asociada asociados asociadas
anulación anulaciones anulada anuladas anulado anulados anuló atribuye atribuyen atribuidas atribuidos balance bloque borrado borrada borrados borradas borró borraron borrar
cabe cadena calendario cambia cambian cargo claramente claro comparable conforme constante consecutivo consecutiva consecutivos consecutivas considerable considerablemente
consistió continuo descenso descendió descendieron desglose diferentes distribuye distribuyó distribución efecto estándar especial especialmente específico estado estados
evolución experimentó factura facturas foto instantánea instantáneas fuerte fuertes incompleto interrumpido inesperado inesperada juntas ráfaga ráfagas libro
marca marcada marcadas marcado marcados marcó mayoría mayoritariamente menciones muestra normalidad notablemente ocasión ocasiones otorgó otorgado otorgada panorama perdido
pérdida pérdidas permaneció permanecieron permanece permanecen posición proporción puesto puestos reparto reparte repartió responsable responsables ritmo salvo sesión sesiones
simultáneo simultáneamente sostenido sucesivo sucesivos sumó tendencia ticket trimestre único única únicos únicas vendedor vendedora vencido vencimiento verificación
general específicamente particularmente adicional adicionales adicionalmente actual actuales actualmente actualizó actualizaron actualizado actualizada actualización
bastante bastantes llamativo llamativa llamativos llamativas llamó llamaron puntuación puntuaciones acción acciones merma mermas pudo pudieron podido
puede pueden podrían considera consideran hizo hicieron tuvo puso pusieron trajo trajeron supo cayó cayeron leyó leyeron pidió pidieron midió eligió
sirvió sirvieron cuenta cuentan encuentra vuelve vuelven cierra cierran empieza empiezan tiende tienden sirve sirven mide miden mueve mueven cuesta
mantiene obtuvo obtuvieron sostuvo intervino propuso previó redujeron condujo atiende atienden siguiente siguientes notablemente relativo relativa
relativamente absoluto absoluta sumamente demasiado levemente fuertemente marcadamente ligeros ligeras leves amplio amplia amplios amplias amplitud
breve breves brevemente claros claras completamente parcial parcialmente parciales continuamente rápido rápida rápidamente lento lenta lentamente
previamente posteriormente anteriormente finales habitualidad excepcional excepcionales excepción excepciones extraño extraña atípicamente irregular
irregulares irregularidad irregularidades regularidad regularmente constantemente frecuentemente raramente ocasionalmente ocasional puntual puntuales
puntualmente aislado aislada aislados aisladas concretamente exactos exactas preciso precisa precisamente aproximado aproximada estimado diverso
diversa diversos diversas múltiple múltiples numerosos numerosas escaso escasa escasos escasas suficiente suficientes insuficiente total importante
importantes relevancia importancia interés interesante significativo significativa significativos significativas significativamente sustancial
sustancialmente considerables notoria notorio pico picos tope mínimos máximos mayorista minorista cabo largo modo manera maneras aspecto aspectos
ámbito detrás delante arriba abajo adelante atrás aquí allí ahí ahora siempre pronto luego próximo próxima próximos próximas pasado pasada pasados
pasadas mencionado mencionada mencionados mencionadas citado citada dicho dicha dichos dichas reflejo comportamiento comportamientos conducta contexto
dinámica dinamismo rendimiento desempeño resumen conclusión observación observaciones medición indicador indicadores índice índices métrica métricas
porcentaje porcentajes fracción mitad operador operadores operativa operativo supervisor supervisora encargado encargada gerente gerencia equipo
equipos turno turnos mostrador medicina medicinas envase envases caducidad existencias inventariado recuento recuentos mercancía mercancías artículo
artículos orígenes destino destinos recorrido volúmenes facturación ingreso ingresos egreso egresos monto montos cobro cobros abono abonos superó
igualó restante restantes sobrante faltante faltantes inactividad inactivo inactiva incompleta completitud íntegro íntegra integridad fiable
fiabilidad veraz real reales efectivamente aparente aparentemente evidente evidentemente respectivo respectiva respectivos respectivas coherente
coherentes consistente consistentes acorde similitud semejante semejantes equivalentes superioridad comparativo comparativa comparativamente horaria
horarias diariamente semanalmente mensual mensualmente anual histórico históricos históricas puesto cuyo donde quedando siendo alcanzando llegando
pasando salvo excepto hasta incluso reciben envía envían envió enviaron enviado enviada enviados enviadas devolvieron devuelve devuelven abrió
abrieron abierto abierta abiertos abiertas apertura aperturas cierra reabierto vendidos despachó despacho despachos otorgaron concedió concedieron
concedido asigna administra administrativo administrativa permisos cargo cargos exige requiere requieren merece merecen convino
`;

/** Regular verbs: their usual forms are made from these. */
export const spanishVerbs = `
alcanzar acompañar acumular afectar agrupar ajustar alternar anotar anular aplicar aportar apuntar asignar aumentar avanzar abarcar
bajar borrar cambiar cancelar capturar cerrar cobrar comparar completar comprar concentrar confirmar constar contar continuar contrastar
crear cuadrar dejar desglosar destacar detallar detectar disminuir dominar durar efectuar eliminar empezar encabezar encontrar enlazar
enviar equiparar esperar estar evidenciar examinar explicar facturar faltar figurar finalizar generar guardar habilitar identificar igualar
incorporar incrementar indicar informar ingresar iniciar integrar interrumpir liderar limitar llegar llevar lograr mantener manejar marcar
mejorar mencionar mostrar modificar mover necesitar normalizar notar observar ocupar operar ordenar otorgar pagar participar pasar presentar
procesar protagonizar quedar realizar rebajar rebasar recuperar reflejar registrar regresar relacionar rondar repasar representar resaltar resultar
revelar separar señalar situar sobrepasar sumar superar tardar terminar tomar totalizar trabajar transcurrir trasladar tratar usar variar
aparecer atender caer ceder coincidir coger comprender conceder conocer contener convertir corresponder crecer cubrir deber decrecer depender descender
describir devolver distribuir emitir establecer existir exceder extender favorecer imprimir incluir intervenir involucrar mover ocurrir ofrecer
obtener parecer perder permanecer permitir pertenecer poseer prever proceder producir pertenecer reabrir recibir recoger recorrer reducir repartir
repetir requerir responder reunir salir seguir servir sostener subir suceder suponer surgir surtir tender traer transferir vender ver volver
llamar considerar resaltar pasar valorar estimar juzgar contabilizar arrojar aportar componer integrar rozar explicar gestionar atribuir apreciar percibir
`;
