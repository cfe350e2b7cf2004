// ai: ordinary English words with which a day of trade can be told. A closed list: a word that is neither here nor in the facts
// is an invented one. Left out on purpose: orders to the reader, accusations, parts of the day, today and yesterday,
// multiples and sums, negations (they are checked as zero), and words that are also people's names.
export const englishWords = `
a an the this that these those such same other others another each every all both any some many few several most more less least
fewer much enough own its it it's they them their there here who whom whose which what when where while whether how than then
one ones to as at by for from in into of off on onto out over under up down with within between among across through throughout during
before after since until till against about around along beside besides besides above below near next per via upon toward towards
and or but nor so yet also too only just even still again already always often sometimes usually mostly mainly largely nearly almost
roughly approximately exactly overall altogether together apart instead rather quite very well far further however though although
meanwhile otherwise thus hence therefore similarly likewise accordingly notably especially particularly specifically generally
because due be is are was were been being am has have had having do does did done doing can could would might may will shall
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
absence absent accordance achieve across actual actually affecting afterwards aggregate aim allow allowed amid amounted amounting analysis anticipated
apply applied applies appropriate aspect aspects associated assume attention attentive attract attracted backdrop became become becomes becoming
beginnings behave better bigger biggest borne bulk calm calmer central certain characterised characterized chiefly circumstances classified closely
comparable comparatively comparative comparisons completely composed concentrated concentration concluded conclude consider considered considering
consistent corresponding corresponds could course cumulative cut deal definite demand depend depending derived despite destination determined develop
development deviate deviated deviates diminished direct direction directly discrepancy discrepancies distance distributed distribution diverged
diverges dominant dominated dominating doubt downward draw drawn drew driven drives duration easily easy edged effect effective effectively efforts
emerge emerged encountered enough equally error errors essentially estimate even evident evidently exact exception exceptional exceptionally exhibited
exist existed exists expectation expectations extended extends extent extreme extremely factor fairly familiar fashion feature features few field
fields fluctuated focus focused following force formed former forward fraction framework frequency frequently fresh front fuller further gained gains
gathered generated generates giving greater greatest handful happening hardly head heavily heavy helped hence highly host however identical immediate
immediately impact importance important in-house inactive inconsistent increases indeed indication indications inside instant intense intensity
interest interesting internal introduced irregular irregularities irregularity isolated item's job join joined key leader leading left lesser light
limited linked links listing load longest low-severity high-severity medium-severity mainly maintained maintains manner manually margin marginal
marginally mass match material mere merely method midst mild minimal mix mixed moderate moderately momentum moreover mount mounted narrow naturally
nature neighbouring nevertheless nonetheless noticeable noticeably notice numerous objects observation observations obvious occasion occasionally
occasions occupied offer offered often one's ongoing opposed option originated originating outgoing outlier outliers output outpaced overview pace
participated particular partial partially past percentage performed performing permanent permitted plain plus portion position positive possible
posted posting potential potentially practically precede preceded preceding precise precisely predominantly presence presently prevailed prevailing
previously principally produced producing progress progressed prominent prominently promptly proportion provided providing questionable quick raised
rapid rapidly rare rarely rather real realised reality rebound recall recognised recognized reconciled redacted reflection regards regularity
relatively reliable relied remarkable remarkably replaced replacing report's represented requested requests required resembled reserved reserve
respect respective respectively rested rests returned revealed reveals reversed reversal right roughly round rounded routine scattered schedule
scheduled scope section sector seems segment select selected sent serious seriously settled sharp sharply shift shifted shifts shrank shrinkage shrink
shrunk sizeable sizable slight slow smooth smoothly solely somewhat soon space span spanned spanning spans specific spike spikes spiked split spot
spotted stability stages standing stark starting-point steadily still stock-taking straight structure subsequent subsequently substantial
substantially such sudden suddenly suggest suggested suggests suitable supplied supply supported supports surge surged surrounding swing target tended
tend tends tendency therein thorough thoroughly though throughout tied tiny track tracked tracking traded traffic transferred treated trend trends
triggered true truly turn turned turning turnover underlying understand understood unexpected unexpectedly uniform unique universal unlike until
untouched upward usage use used useful uses using usually valid valued variance varied varies vary varying vast versus visible visits warrant
warranted warrants watch watched watches wave wholly widely wider widest wrote yield yielded yields average-sized counter counters opening-hours
workday workdays day's shop's branch's week's user's system's store's trail's pharmacy's product's team teams overall self after-hour first-time
long-running one-off ongoing z z-score mad median per-hour hour's worth-noting noteworthy
`;
