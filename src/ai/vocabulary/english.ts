// ai: ordinary English words with which a day of trade can be told. A closed list: a word that is neither here nor in the facts
// is an invented one. Left out on purpose: orders to the reader, causes, accusations, parts of the day, today and yesterday,
// multiples and sums, negations (they are checked as zero), and words that are also people's names.
export const englishWords = `
a an the this that these those such same other others another each every all both any some many few several most more less least
fewer much enough own its it it's they them their there here who whom whose which what when where while whether how than then
as at by for from in into of off on onto out over under up down with within between among across through throughout during
before after since until till against about around along beside besides besides above below near next per via upon toward towards
and or but nor so yet also too only just even still again already always often sometimes usually mostly mainly largely nearly almost
roughly approximately exactly overall altogether together apart instead rather quite very well far further however though although
meanwhile otherwise thus hence therefore similarly likewise accordingly notably especially particularly specifically generally
be is are was were been being am has have had having do does did done doing can could would might may will shall
that's there's what's let
activity activities active account accounts action actions actor actors adjustment adjustments adjust adjusted adjusting amount amounts
anomaly anomalies appear appeared appears application area arrive arrived attention audit average audited available
balance base based baseline baselines basis began begin begins beginning begun behaviour behavior belong belongs beyond
branch branches brief bring brings brought business busy busiest
came carried carry case cases cancelled canceled cancel cancellation cancellations category categories change changed changes changing checkpoint
close closed closes closing combined come comes coming compare compared compares comparing comparison complete completed concern concerned
concerning concerns confirmed consist consisted consists contain contained contains continue continued continues contrast correction
corrections count counted counts cover covered covering covers coverage created create creates creation current currently customer customers
daily data database date dates day days delete deleted deleting deletion deletions describe described describes detail detailed details detected
detection deviation difference differences different differ differed document documents drop dropped drops
early earlier earliest else employee employees end ended ending ends entire entirely entity entities entries entry equal equals evidence
event events exceed exceeded exceeds expect expected expects explain explained explains explanation extra
fact facts fall falls fallen fell figure figures final finally find finds first follow followed following follows form forms found frequent
full fully gap gaps general get gave give given gives go goes going gone got group groups grew grow grown
happen happened happening happens held higher highest high hold holds hour hourly hours
identified identify identifies include included includes including incoming increase increased increases indicate indicated indicates individual
information initial interval inventory involve involved involves involving issue issued item items
keep keeps kept kind kinds know known large larger largest last lasted lasting late later latest lead leading leads leave leaves led left
level levels like line lines list listed lists little location locations log logged logs look looked looks low lower lowest
made main make makes making marked match matched matches matching mean meaning means measure measured median medium member mention mentioned
middle minor minute minutes missing moment moments month months move moved movement movements moves moving
name named names nature new newest newly normal normally notable note noted notes noticed number numbered numbers
observed occur occurred occurring occurs open opened opening operation operations order ordered orders original outside overview
pair pairs part partly parts past pattern patterns payment payments people performed period periods person persons pharmacy place placed places
point points present previous previously price prices priced pricing primary prior process processed product products provide provided
purchase purchased purchases put quantity quantities quiet quieter range ranged ranges ranging reach reached reaches read reading reason reasons
receive received recent recently reception receptions record recorded recording records reduced reduction reduce refer refers refund refunded
refunds regard regarding register registered regular regularly relate related relates relation relative remain remained remaining remains remark
report reported reporting reports represent represented represents respectively rest result resulted resulting results return returned returning
returns rise rises risen rose role roles row rows rule rules run ran runs
said sale sales same sample samples saw say says score scored scores seconds see seen seems seem sell selling sells sold separate separately set
severity share shared shop shops show showed showing shown shows side sign significant significantly similar simple single situation size slight
slightly small smaller smallest source staff stand stands stood start started starting starts state stated states status stay stayed stays steady
stock stocks stood stopped store stored stores strong stronger subject summary summarised summarized supplier suppliers surpass
system systems table tables take taken takes taking tell tells term terms thing things time times told took top total totaled totalled totals toward
trade trading trail transaction transactions transfer transferred transfers type types typical typically
unchanged unexplained unit units unlike unusual unusually update updated updates usual user users
value values variation various view void voided volume volumes
way ways week weekday weekdays weekly weeks went whole wide within work worked worker workers working works worth write writes written wrote
year years slow slower fast faster quickly slowly short shorter longer long stable modest considerable considerably compared unaffected affected
affects affect spread stretch sequence series step steps occurrence occurrences instance instances case note highlight highlights highlighted
notably distinct additional additionally addition furthermore moreover comprised comprising accounted accounting accounts attributed attribute
contributed contribute contribution responsible handled handle handles served serve serves saw seeing witnessed experienced experience featured
marked reflected reflects reflect reflecting remainder ahead behind followed balance lower increased decreasing decrease decreased decreases
declined decline declines rising falling growth climbed dipped dip stood matched matching outstanding pending received dispatched shipped
delivered delivery deliveries approved approval approvals rejected assigned assign granted grant removed removal remove added add adds
login logins session sessions permission permissions access accessed name discount discounts ticket tickets invoice invoices cash card credit
expired expiry expiration batch batches lot lots prescription prescriptions medicine medicines patient doctor cashier cashiers clerk clerks
manager managers pharmacist pharmacists supervisor supervisors administrator administrators
unknown uncertain possible possibly perhaps likely unlikely apparent apparently clear clearly particular special
standard deviations robust scale hours after-hours time-zone zone local calendar window windows burst bursts duplicate duplicates duplicated
repeated repeat repeats repeatedly repetition simultaneous simultaneously consecutive successive occurring burst threshold thresholds
limit limits rate rates ratio minimum maximum least ranking ranked order mid front line
capture captured captures capturing ledger chain verified verify verification trail history historic historical hole interruption interrupted
lost loss losses missing recovered snapshot snapshots signal signals alert alerts flag flagged flags raised raise open expected
ordinary consistent consistently continuous constant nothing's
`;
