//! Abusive words, by degree: swearing at the situation is no attack on anybody.

use super::guard::Guards;
use super::{Degree, Rules, SignalKind};

pub(super) const RULES: &[Rules] = &[
    Rules { kind: SignalKind::Abuse(Degree::Mild), said: MILD, unless: NOT_MILD, guards: Guards::NONE },
    Rules {
        kind: SignalKind::Abuse(Degree::Insult),
        said: INSULT,
        unless: NO_INSULT,
        guards: Guards::SPOKEN,
    },
    Rules {
        kind: SignalKind::Abuse(Degree::Severe),
        said: SEVERE,
        unless: NOT_SEVERE,
        guards: Guards::SPOKEN,
    },
];

const MILD: &[&str] = &[
    "(fuck|fucking|fucked|fuckin|=fuk|=fck|motherfucking|effing|friggin|frigging)",
    "(shit|shitty|bullshit|crap|crappy|shitshow|horseshit|dogshit|batshit)",
    "bull shit",
    "god damn it?",
    "(damn|damned|damnit)",
    "(what|who|where|how|why|when) the (hell|fuck|heck)",
    "(bloody|freaking|sodding) -(out|nose|mouth|mary|discharge|stool|tissue|saliva|gauze|urine)",
    "pissed off?",
    "son of a (bitch|beach|gun)",
    "(ass|arse)",
    "half assed",
    "(bastard|bastards)",
    "for (fuck|christ|gods|god|fucks) sake?",
    "(jesus|christ) (christ|almighty|fucking)?",
    "(stupid|dumb|idiotic|useless|moronic) ~1 (machine|robot|bot|system|computer|thing|phone|app|website|\
     company|policy|rule|question|questions|process)",
    "screw (this|that|it)",
    "(wtf|omfg|lmfao|ffs)",
];

const NOT_MILD: &[&str] = &[
    "(hot|holy) damn good",
    "jesus (calls|is|garcia|martinez|rodriguez|lopez|hernandez)",
    "crap shoot",
    "(bloody) (nose|mary)",
];

const INSULT: &[&str] = &[
    "what (a|an) ~1 (idiot|moron|jerk|asshole|arsehole|imbecile|dumbass|scumbag|dickhead|prick)",
    "(you|your|youre|=such) ~3 (idiot|moron|imbecile|loser|jerk|asshole|arsehole|dumbass|dipshit|jackass|\
     dickhead|dimwit|halfwit|nitwit|fool|clown|prick|douche|douchebag|scumbag|crook|thief|liar|twat|wanker|\
     tosser|bastard|pig|creep|pervert|cretin|weirdo|freak|shithead|airhead|dummy|tool|cow|donkey|vermin|\
     scum|trash|garbage|parasite|psycho|maniac|nutcase|lunatic|bimbo|dunce|numbskull|bozo|incompetents|ass|\
     arse|bum|knob|muppet|pillock|git|bugger|sod|shit|butthole|asswipe|dolt|buffoon)",
    "^ ~1 (idiot|moron|imbecile|loser|asshole|arsehole|dumbass|dipshit|jackass|dickhead|dimwit|prick|douche|\
     douchebag|scumbag|twat|wanker|tosser|bastard|cretin|shithead|airhead|dummy|liar|jerk|weirdo|retards|\
     freak|fool|bum|asswipe|butthole) $",
    "(fucking|stupid|bloody|goddamn|damn|dumb|complete|absolute|total|incompetent|lazy|useless|worthless|\
     lying) (idiot|moron|imbecile|loser|jerk|asshole|arsehole|bastard|prick|liar|crook|thief|clown|cow|pig|\
     fool|robot|bot|machine|people|amateurs|pricks|wanker|scum) $",
    "(your|the|that|this|those|these) ~3 (technician|receptionist|guy|man|woman|lady|manager|people|staff|\
     boss|dentist|plumber|doctor|company|girl|colleague|secretary|lawyer|driver|attorney|team|crew|workers|\
     office) ~1 (is|are|was|were|be) ~4 (idiot|moron|imbecile|asshole|arsehole|jerk|prick|crook|crooks|\
     thief|thieves|liar|liars|bastard|clowns|scumbag|dumbass|morons|idiots|scum|dickhead|pig|pigs)",
    "you ~1 (guys|people|lot|all|folks|two|just|really|so|too|clearly|obviously|honestly|must|=be|=are|=is|\
     =r|both|sound|seem|look|always|still) ~2 (stupid|dumb|useless|worthless|pathetic|incompetent|moronic|\
     idiotic|ignorant|ugly|disgusting|brainless|thick|braindead|clueless|hopeless|retarded|insane|crazy|mad|\
     nuts|annoying|boring|lame|rubbish|crap|shit|shite|creepy|weird|evil|delusional|mental|dense|fat|lazy|\
     gay|horrible|terrible|awful|garbage|trash|slow|shitty|crappy|rude|dumber|stupider|dumbest|worst|\
     stupidest|lying|scamming|unintelligent|dull|silly|bitter|vile|nasty|sick|twisted|filthy|daft|hideous|\
     annoyin|dishonest)",
    "(be|=are) you ~3 (stupid|dumb|deaf|retarded|idiot|moron|thick|brainless|insane|crazy|mental|slow|mad|\
     nuts|dense|blind|gay|mad|high|drunk|idiots)",
    "how (stupid|dumb|thick|dense|incompetent) ~1 (can|could|are|is|do) (you|someone|people)",
    "(=shut|=shuttup) ~2 up",
    "(=shutup|=stfu|=gtfo|=foad)",
    "(=me|=it|=now|=hello|=hey|=listen|=yes|=well|=oh|=then|=here|=no|=okay|=that|=question) (idiot|moron|\
     imbecile|asshole|arsehole|dumbass|dickhead|prick|bastard|loser|jerk) $",
    "(who|what) (is|kind of|sort of|be) ~1 (idiot|moron|imbecile|clown|asshole)",
    "(be|are) you ~2 (fat|ugly|useless|incompetent|braindead|brainless|drunk)",
    "shut (your|the|it) ~2 (mouth|face|trap|hell|up|gob|hole|pie)?",
    "(=piss|=bugger|=sod|=jog|=eff|=naff|=feck|=back) =off",
    "(go|burn|rot) ~1 (to|in) hell",
    "(screw|damn|curse|blast|stuff|hate|despise|loathe|bugger) (=you|=yourself|=yall|=youse) -(guys|over|up|\
     can|have|not|did|had)",
    "(screw|hate|despise|loathe) (=you|=yourself) (guys|people|all|lot|over|so|too|very)?",
    "(you|youre) ~4 (piece of|sack of|waste of|pile of|bag of|bunch of|load of)",
    "(waste|bunch|load|pack|lot) of ~1 (space|air|oxygen|idiots|morons|crooks|liars|thieves|clowns|scammers|\
     bastards|losers|amateurs|assholes|criminals|imbeciles)",
    "you ~2 (=suck|=sucks|=stink|=disgust|=blow|=lie|=sicken)",
    "(you|youre) ~2 (no|not) ~2 (brain|brains|clue|smart|intelligent|good|bright|use|very)",
    "(get|got|have|grow|use|buy|need) (a|your|some|half|any) ~1 (brain|brains|life|clue) -(surgery|scan|mri|\
     insurance)",
    "(=bite|=eat) me",
    "kiss ~1 my ~2 (ass|arse|butt|backside|behind|feet)",
    "(shove|stick|stuff) (it|that|this|your) ~4 (up|where)",
    "(up) yours",
    "get (lost|stuffed|bent|fucked|out of my)",
    "nobody (asked|likes|cares) (for|about)? you",
    "(drop|dropped) dead",
    "you ~2 =sucker",
    "eat ~1 shit",
    "(you|your) ~2 (scammers|scammer|fraud|frauds|crooks|criminals|thieves|liars|clowns|bastards|amateurs|\
     pigs|animals)",
    "shame on you",
    "your (mom|mother|mum|mama|momma) (is|was|=be|so)",
    "you ~1 (need|should|ought) ~3 (therapy|therapist|psychiatrist|mental|fired|shot|brain|medication|\
     ashamed to exist)",
    "(dont|not) (like|trust|want) you $",
    "you ~1 annoy (me|everybody)",
    "you are ~1 (annoying|irritating) me",
    "what is wrong with you",
    "(talk|talking) (shit|crap|rubbish|nonsense|bullshit|bollocks)",
    "(i|we) (hate|despise|loathe|detest) (you|your guts|talking to you)",
];

const NO_INSULT: &[&str] = &[
    "(thank|thanks) ~2 (you|a lot)",
    "(you|be|are|it|that|=is|would|will) ~2 (not|never) (stupid|dumb|crazy|a|so|an|useless)",
    "(i|me) (be|feel|am|look|sound|must) ~4 (stupid|idiot|dumb|fool|moron|crazy|slow|useless|terrible|liar)",
    "you ~2 (think|thought|say|said|tell|telling|call|calling|make|making|made|treat|treating) ~3 (i|me|us|\
     we) ~5 (stupid|idiot|liar|fool|moron|crazy|dumb|like|mad|insane|nuts|thief|criminal|lying)",
    "(make|makes|making|drive|driving|drives) (me|us) ~2 (crazy|mad|nuts|insane|sick|look|feel)",
    "your ~3 (line|system|machine|website|app|music|menu|bill|policy|service|price|prices|hold|number|phone|\
     food) ~2 (be|is|are) ~2 (stupid|dumb|useless|terrible|awful|annoying|slow|horrible|crazy|insane|\
     ridiculous|rubbish)",
    "(sorry|forgive) ~4 (stupid|dumb|idiot|silly|slow|crazy)",
    "(you|sounds|sound|seem|seems|look|looks|this|that) ~3 (is|are|may|might|will|would|might)? ~1 (sound|\
     seem|look|think) ~3 (crazy|silly|stupid|weird|dumb|mad|insane|strange)",
    "(you|anyone) ~2 (busy|open|available|free|crazy) ~1 (busy)",
    "(busy|crazy) (busy|day|week)",
    "you ~3 (mad|angry|upset|sick) (at|with|about|of|today|leave)",
    "(lost|shut) ~2 (off|down)",
    "shut ~3 (water|gas|power|valve|main)",
    "back off (the|a|that)",
    "(trash|garbage|waste) (can|pickup|collection|disposal|bin|removal|day|truck)",
    "(you|your) ~4 (garbage|waste) (disposal|disposer|pickup)",
    "your ~4 (tool|tools|pig|cow|donkey|slow|fat|dull|thick|sick|dog|cat)",
    "(you|they) ~3 (tool|tools) (box|kit|belt|for)",
    "get lost (on|in|trying|at)",
    "(got|get|have) a life (insurance|threatening)",
    "(you|they) ~2 (are|be) ~2 (not|slow) (stupid|today|at)",
    "(too|so|very|really|bit|little|pretty) slow",
    "you ~2 no (clue|idea) (what|how|when|why)",
    "(if|when|since|because) you ~3 (sick|slow)",
];

const SEVERE: &[&str] = &[
    "(i|we) (will|am|would|want|could|might|wanna|love|like) ~4 (=kill|=stab|=murder|=rape|=shoot|=strangle|\
     =chop|=beat|=slaughter|=hang|=gut) (you|your) -(an|a|to|up|there|two)",
    "get the fuck (out|off|away|lost|over)",
    "(can|may|want|let|like|love|will) ~4 (=kiss|=lick|=touch) (=you|=your) -(up|back|base|pets|system)",
    "talk dirty to? me?",
    "cyber sex",
    "(dick|cock|penis) ~5 (in|up|inside) (your|her|my|his) ~1 (ass|butt|mouth|rectum|pussy|throat)",
    "(love|like|want) to rape",
    "(fuck|fucking) ~1 (=you|=yourself|=yourselves|=yall|=u|=youse|your|=off|yous) -(guys|over|up|can|have|\
     not|did|had)?",
    "(fuck|fucking) (=you|=off|=yourself) (all|guys|people|lot)?",
    "(=go) ~1 (fuck|screw|hang|kill) (=yourself|=yourselves|=off)",
    "(motherfucker|motherfuckers|cocksucker|cocksuckers|cunt|cunts|whore|whores|slut|sluts|skank|slag|bitch|\
     bitches|biatch|beatch|bitchass|fuckface|fucker|fuckers|fuckwit|fucktard|shitface|dickface|cumdumpster|\
     hoe|hooker|tramp)",
    "mother (fucker|fuckers)",
    "(nigger|niggers|nigga|niggas|faggot|faggots|fag|fags|retard|retards|retarded|tranny|trannies|kike|\
     kikes|spic|spics|chink|chinks|paki|pakis|gook|gooks|wetback|wetbacks|raghead|towelhead|dyke|dykes|\
     shemale|homo|homos|poof|negro|sandnigger|tard|beaner|libtard)",
    "(suck|sucking|lick|licking|blow|eat|choke|ride|sit|touch|stroke|rub|grab|kiss) ~2 (my|on|his|this|me|\
     your) ~1 (dick|cock|balls|penis|pussy|nuts|ass|arse|tits|boobs|clit|vagina|nipple|nipples|toes|cum|\
     schlong|asshole|face|butt|breasts|crotch)",
    "(=suck|=blow|=lick) (me|it|this|mine) -(out|off|up|away|dry|in) (bitch|dry)?",
    "(=suck|=sucking) (dick|cock|balls|off)",
    "blow ~1 (job|jobs)",
    "(blowjob|blowjobs|handjob|cumshot|gangbang|dildo|anal|deepthroat|doggystyle|threesome|horny|fellatio|\
     masturbate|masturbating|wank|wanking|porn|erection|cum|cumming|jizz|orgasm|orgasms|rape)",
    "(want|wanna|like|love|going|gonna|will|would|can|could|let|lets|me|you|us|please|to|ever|wish|do|we) \
     ~3 (=fuck|=bang|=rape|=bone|=screw|=shag|=hump|=molest|=spank|=finger) (=you|=me|=us|=with|=now|=her|\
     =your|=my|=him) -(over|up|around|around)",
    "(have|having|want|wanna|like|love|do|need|give|about) ~3 (=sex|=sexy|=sexual|=cybersex|=intercourse|\
     =phonesex) ~1 (=me|=you|=with|=now|=together|=tonight|=chat|=please|=dirty|time|$) (=me|=you)?",
    "(want|like|love|wanna|can|will|let|may) ~3 (=sleep|=cuddle|=makeout|make love) (=with) (=me|=you)",
    "(are|=be|r) you ~2 (=naked|=horny|=nude|=wet|=virgin|=sexy|=single|=hot|=hard|=slut|=kinky|=aroused)",
    "what ~2 (color|colour|kind)? ~1 (=wearing|=underwear|=panties|=bra|=nipples) (are|is|you|do|tonight|\
     now|$)",
    "what are you wearing",
    "(send|show|see|give|want|have|let) ~4 (=nudes|=nude|=naked|=tits|=boobs|=titties|=pussy|=breasts|\
     =vagina|=panties|=ass|=butt|=booty|=dick|=cock|=penis)",
    "(your|you|nice|big|hot|huge|tight|wet|sexy) ~2 (tits|boobs|titties|pussy|vagina|nipples|cleavage|cock|\
     dick|cunt|penis|clit|panties|booty|breasts|underwear|bra|bosom)",
    "my ~2 (dick|cock|balls|boner|schlong|cum)",
    "^ ~1 (dick|cock|pussy|tits|boobs|cunt|penis|vagina|anal|sex|cum|porn|titties|boner|anus|dildo|fuck me|\
     nudes|sexy|butt|nude|naked|balls|horny|dicks) ~1 $",
    "(you|youre|your) ~3 (sexy|hottie|horny|sexxy) -(you)?",
    "(fuck) ~1 (=me|=him|=her|=them) -(up|over|around|running|sideways)",
    "(hope|wish|want) ~1 (you|your|they) ~3 (=die|=dies|=cancer|=burn|=rot|=suffer|=killed|=raped|=death)",
    "^ ~1 (=go|=just|please|should|must|will|to)? ~1 =die ~1 $",
    "(you|your|they|yall) ~1 (should|must|better|gotta|deserve|need|can|will|gonna|are|please) ~2 (to)? \
     (=die|=dead)",
    "(kill|hang|shoot) (=yourself|=urself|=yourselves)",
    "(you|youre|your|=such) ~3 (piece|sack|pile|bag|load) of ~1 (shit|dog|turd|feces)",
    "(you|your|=such) ~2 (=fag|=retard|=subhuman|=inbred|=mongoloid|=spastic|=spaz|=cripple|=mongol|=dyke|\
     =shithole)",
    "go back to ~1 (your|where|africa|mexico|india|china) ~1 (country|you|own)?",
    "(all|these|those|fucking|dirty|damn|hate|filthy|stupid) (=muslims|=jews|=blacks|=mexicans|=indians|\
     =immigrants|=foreigners|=gays|=women|=females|=asians|=arabs|=gypsies) (are|is|should|must|always|\
     fucking|cant|can|need|=be|$|who)?",
    "(women|girls|females|blacks|jews|muslims|gays) (are|should|belong|=be) ~2 (stupid|inferior|dumb|\
     kitchen|whores|sluts|trash|die|burn|animals|killed|scum|dogs|objects|slaves)",
    "(take|strip|get) ~2 (your) ~1 (clothes|shirt|pants|panties|bra|top|naked)",
    "(spread|open) your (legs|ass|mouth for)",
    "(bend|get) (over|on your knees)",
    "(dirty|filthy|fucking|disgusting|ugly|fat|stupid|little|dumb|old|worthless) (whore|slut|bitch|cunt|pig|\
     animal|jew|arab|foreigner|immigrant|nazi|commie)",
    "(fuck) (your|ur|his|her|their|the) ~1 (mother|mom|mum|ass|face|company|system|sister|brains|police|\
     wife|dad|family|life|boss)",
    "(ass|arse) (fuck|fucker|hole licker|rape)",
    "(jerk|jack|wank|get) ~1 off (to|on|with|for) ~1 (you|your|me)",
    "(turn|turns|turning) me on $",
    "(be|=is|=are) ~1 my (slave|bitch|sex|whore)",
    "(stick|shove|up) ~2 your (ass|arse|butt|pussy)",
    "(up) (your|the) ~1 (ass|arse|butt|asshole|arsehole)",
];

const NOT_SEVERE: &[&str] = &[
    "(he|she|they|husband|wife|boss|ex|coworker|man|guy|boyfriend|neighbor) ~3 (rape|raped|raping|molest|\
     groped|grabbed)",
    "(i|she|he|daughter|was|got|been|were) ~2 (raped|molested|assaulted)",
    "son of a (bitch|beach)",
    "(what|such|is|was|life|real|a) a? bitch to",
    "bitch about",
    "(garden|rake|back) hoe",
    "(ball|stop|pet|gate|angle) (cock|cocks)",
    "cock (valve|fight|roach|tail|pit|spaniel)",
    "dick (cheney|johnson|smith|clark|van|jones|miller|brown|tracy|williams)",
    "(mister|mr|name|named|is|uncle|doctor|dr) (is|=be)? ~1 dick",
    "dyke (road|street|lane|van|avenue)",
    "(same|opposite|unprotected|the|gender|birth|biological|legal|sex|fair|either) sex",
    "sex (offender|therapist|crime|crimes|discrimination|change|education|trafficking|abuse|assault|ed|\
     worker|marriage|drive|partner)",
    "(pain|ache|lump|rash|bleeding|itch|infection|discharge|mammogram|burning|swelling|cyst|bump|sore|\
     surgery|biopsy|exam|hurt|cancer) ~5 (penis|vagina|breast|breasts|balls|nipple|nipples|anus|anal|bra|\
     butt)",
    "(penis|vagina|breast|breasts|nipple|anus|anal|butt|nipples) ~4 (pain|ache|lump|rash|bleeding|itch|\
     itches|infection|discharge|mammogram|burning|swelling|cyst|bump|sore|hurt|hurts|exam|cancer|fissure|\
     bleeds|implants|milk|feeding|pump)",
    "(plumbing|copper|naked|bare) (snake|wire|wires|eye)",
    "(balls|ball) (valve|bearing|room|game|park|joint|point)",
    "(homo|retard) ~1 (sapiens|sexual|ant|flame)",
    "(single|hot|wet|hard|naked) ~1 (vanity|room|bed|water|tub|basement|floor|carpet|wires|lever|handle|\
     crown|unit|storey|story|parent|family)",
    "(are|be) you ~2 (single|hot|wet) (handed|location|or|dentist|attorney|person|of)",
    "(get|got|have|see|show|give|send) ~4 (ass|butt|bra|breasts) (over|down|here|up|off|exam|kicked|size|\
     cancer)",
    "(get|got|getting|drag) (your|my|his) ~1 (ass|butt) (over|down|here|up|back|out)",
    "(want|going|do|do not|rather) ~3 die (of|in|from|at)",
    "(will|can|going|are|should|would|please|could) ~3 (battery|phone|it|engine|lawn|plant|line|plants) ~3 \
     (die|dead)",
    "fuck (this|that|it|all|up|me running)",
];
