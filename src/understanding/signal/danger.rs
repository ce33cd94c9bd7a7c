//! Threats, self-harm and emergencies.

use super::guard::Guards;
use super::{Rules, SignalKind};
use crate::domain::EmergencyKind;

pub(super) const RULES: &[Rules] = &[
    Rules { kind: SignalKind::Threat, said: THREAT, unless: NO_THREAT, guards: Guards::SPOKEN },
    Rules { kind: SignalKind::SelfHarm, said: SELF_HARM, unless: NO_SELF_HARM, guards: Guards::DENIED },
    Rules { kind: SignalKind::SelfHarm, said: WEARY_OF_LIFE, unless: NO_SELF_HARM, guards: Guards::NONE },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Medical),
        said: MEDICAL,
        unless: NOT_MEDICAL,
        guards: Guards::PRESENT,
    },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Medical),
        said: MEDICAL_WITH_NOT,
        unless: NOT_MEDICAL,
        guards: Guards { remote: true, ..Guards::NONE },
    },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Fire),
        said: FIRE,
        unless: NO_FIRE,
        guards: Guards::PRESENT,
    },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Gas),
        said: GAS,
        unless: NO_GAS,
        guards: Guards::PRESENT,
    },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Violence),
        said: VIOLENCE,
        unless: NO_VIOLENCE,
        guards: Guards::PRESENT,
    },
    Rules {
        kind: SignalKind::Emergency(EmergencyKind::Property),
        said: PROPERTY,
        unless: NOT_PROPERTY,
        guards: Guards::PRESENT,
    },
];

const THREAT: &[&str] = &[
    "(i|we) (will|am|are|would|can|could|have|might)? ~1 (going|gonna|about)? to? (be)? (=come|=coming|\
     =drive|=driving) ~1 (down|over|up|by|round|around|out)? (there|here|to) ~4 (=and|=with|=to) ~2 (=you|\
     =your|=somebody|=someone|=everyone|=kill|=hurt|=smash|=beat|=break|=burn|=punch|=wreck|=destroy|=show|\
     =teach|=make|=deal|=bat|=gun|=knife|=throw|=slap|=drag|=kick|$)",
    "(i|we) (will|am|would|have)? ~1 (going)? to? (=come|=coming) (down|over|up|round|around) there (and|$|\
     myself)",
    "do not make me come (down|over|up|there)",
    "(somebody|someone|somebodys|people|anyone|you|one) (be|will|is|are|going|gonna) ~2 (get|be) (=hurt|\
     =killed|=shot)",
    "(somebody|someone|people) ~1 (will|going) ~1 =die -(if)",
    "(you|everybody|everyone) ~1 (will|are|be|going) ~3 (=sorry|=regret)",
    "(you|make) ~1 (will|going|gonna|you) ~2 pay for (this|that|it|what)",
    "(i|we) (will|am|would|swear|could|might|want|have) ~3 (=kill|=hurt|=shoot|=stab|=beat|=punch|=strangle|\
     =slap|=smack|=murder|=choke|=whack|=hit|=hunt|=bury|=gut|=killing|=destroy) (you|your|him|her|them|\
     someone|somebody|everyone|everybody|all|every|that|this|one|whoever) -(to|up|back|off|an|a|over|soon)",
    "(i|we) (will|am|would|swear|could|might|want|have) ~3 (=smash|=burn|=blow|=trash|=wreck|=shoot|=bomb|\
     =torch|=torching|=destroy) ~3 (place|office|building|house|windows|window|car|shop|store|up|down|\
     company|business|face|head)",
    "(i|we) (will|am|would|swear|could|might|want) ~3 (=break|=smash|=bash|=wring|=snap|=rip|=cut|=knock|\
     =tear|=kick|=cave) (your|his|her|their|somebodys|every|someone|somebody) ~2 (neck|leg|arm|bone|face|\
     teeth|tooth|head|jaw|knee|nose|skull|throat|heart|window|windows|door|ass|balls|fingers|=in|heads|off|\
     out)",
    "beat the ~1 (crap|shit|hell|living|daylights|out) ~3 (you|him|her|them|somebody|someone|your|whoever)",
    "(i|we) (=know|=found|will) ~2 where (you|he|she|they|your) ~2 (live|work|park|sleep|family|kids)",
    "watch (your|his) back",
    "(you|he|she) (better|had) ~1 (watch|hide|run|pray|look) (yourself|your|out|it|over|for|that)?",
    "(come|coming|came|after) (after|for) you -(guys|to|tomorrow)? $",
    "(i|we) (will|am) (come|coming) (after|for) (you|him|her|them)",
    "(i|we) ~2 (have|got|bring|bringing|get|own|carry|grab) (a|my|the) ~1 (gun|knife|rifle|shotgun|bat|\
     pistol|weapon|bomb|machete|crowbar)",
    "(you|he|she) (be|are|is) ~1 (=dead|finished) (man|meat|to|$|if|when)",
    "teach (you|him|her|them|your) ~2 lesson",
    "(i|we) (will|am) ~2 (=get|=find|=finding) (you|him|her) (for|and|$|one|wherever)",
    "(wring|slit|cut) (your|his|her|their) (neck|throat)",
    "(=there|=you|it) (=will|is) (=be|going|get) ~1 (=blood|bloodshed|ugly|violent) -(test|pressure|work|\
     drawn|in|on|clot)",
    "(bomb|shoot) ~2 (this|that|the|your) (place|office|building|school|up)",
    "(hope|wish|want) (you|your|he|they) ~2 (=die|=burn|=suffer|=rot)",
    "(you|they) deserve to (=die|=burn|=suffer|=rot)",
    "(not|be) ~2 (responsible|accountable) for (what|my) ~1 (i|action|happen) ~1 (do|next|happen)?",
];

const NO_THREAT: &[&str] = &[
    "(could|would) kill for",
    "kill (two|the|time|him|her) (bird|time|pain|germ|nerve)",
    "(shoot|hit|drop|beat) you (a|an|up|back|with|to|the) (email|message|text|note|line|it|call|punch)?",
    "slap ~2 (paint|sticker|label|coat)",
    "(cut|hit|kick|kill) (him|her|it|them|this|that) (off|out) ~2 (water|power|gas|supply)",
    "(come|coming|drive|driving|go) ~1 (down|over|up|by|round|around)? there and ~3 (=pay|=pick|=drop|=sign|\
     =bring|=collect|=wait|=look|=get|=talk|=speak|=sort|=give|=see|=help|=let|=return|=fix|=do|=make|=sit)",
    "(make|making|show|give|bring|get|deal) ~1 (you|your|my|the|an|this) ~2 (copy|offer|appointment|\
     paperwork|payment|check|with|key|keys|papers|document|documents|paper|receipt)",
    "(you|he|she|they) (had|better) ~2 (look|watch) ~1 (into|at|it)",
    "(so|very|really|am|are|be) sorry (for|to|about|if|that|i)",
    "hit (the|a|my) (car|deer|pole|button|key|wrong)",
    "(pay|paying) for (this|that|it) ~1 (by|with|in|via|online|today|through|when|visit|bill|repair|\
     treatment|cleaning|plan)",
    "(not|wont|never) ~1 regret",
];

const SELF_HARM: &[&str] = &[
    "(=kill|=killing|=shoot|=hang|=hanging|=drown) =myself",
    "(want|going|go|will|might|could|think|thought|feel|about|like|urge|tempted|plan) ~3 (=hurt|=harm|=cut|\
     =hurting|=harming|=cutting) =myself",
    "(end|ending|take|taking) (my|own|his|her|their) own? (life|lives)",
    "end it all",
    "(think|thought|feel like) ~2 =ending it",
    "suicidal",
    "(commit|attempt|consider|contemplate|think|thought|about|through|try) ~2 suicide",
    "(=want|=wanted|=wants|=going|ready|rather|wish|wanna) ~1 (to|i|was) ~1 (=die|=dead) -(my|the|of|hard|\
     for|her|his|down|grandmother)",
    "(i|me) (be|am|would|were) better off dead",
    "better off (dead|without) me?",
    "(wish|hope) (i|he|she) ~1 (be|were|was|could|had) ~3 (=dead|=born|die|alive)",
    "jump (off|from|in) ~1 (bridge|roof|building|front|balcony|window)",
    "(took|take|taken|swallow|swallowed) ~3 (all|whole|bottle|overdose|too) ~3 (pills|tablets|medication|\
     overdose|meds|sleeping)",
    "(self|selfharm) (harm|harming|injury)",
    "(slit|cut|cutting) (my|her|his) (wrist|wrists)",
    "(nothing|no reason|nobody) ~1 (left|point)? to live (for)?",
    "(not|no) ~1 (point|reason|purpose) ~2 (in|to|of) (live|living|life|being alive|go|going) ~1 (on|\
     anymore|alive)?",
    "(do|will|may|might|could) ~1 something (stupid|terrible|bad) to myself",
    "(my|life) ~2 not worth (live|living)",
];

const WEARY_OF_LIFE: &[&str] = &[
    "not (want|wish) ~2 (to|be) (live|alive|exist|wake|be) (anymore|alive|any|up|here|$) (anymore|longer|\
     more)?",
    "not see ~2 (point|reason) ~2 (live|living|going on)",
    "not worth living",
    "not ~1 (go|carry) on living",
    "(no|not) ~1 (reason|point|purpose) ~2 (live|living|alive|life)",
];

const NO_SELF_HARM: &[&str] = &[
    "(kill|shoot|kick) myself (for|laugh|with|if|try|because|over|later|that)",
    "(almost|nearly) (killed|hung|hurt) myself",
    "die to (know|see|hear|try|get|meet)",
    "(die|dead) of (embarrassment|laughter|boredom|curiosity|hunger|thirst|shame|old)",
    "(want|wish) to die (with|in|at|peacefully|without) ~2 (will|home|peace|dignity)",
    "(prevention|awareness) ~1 suicide",
    "suicide (prevention|awareness|squad|door)",
    "(battery|phone|plant|plants|fish|engine|boiler|car|lawn|heater|furnace|it|line) ~3 (die|dead)",
];

const MEDICAL: &[&str] = &[
    "chest ~1 (pain|pains|hurt|tight|tightness|pressure|ache)",
    "(pain|pains|pressure|tightness|ache) ~2 =in ~1 (my|his|her|the|their) ~1 chest",
    "my chest ~3 (hurt|tight|pain|burn|crush)",
    "(hard|hardly|barely|trouble|difficulty|struggle|difficult|labor|problem|gasp|fight|unable) ~3 \
     (=breathe|=breathing|=breath|=breath)",
    "(shortness|short) of breath",
    "(going|about|feel like) ~2 to? (=pass|=black) out",
    "stop (=breathing|=breathe)",
    "(unconscious|unresponsive)",
    "(=passed|=blacked|=passing|=blacking) out -(flyers|invitations|candy|the|papers)",
    "(=fainted|=fainting|=collapsed|=collapsing)",
    "(have|be|think|possible|like) ~3 (=a|=an|another) ~1 (heart attack|=stroke|=seizure|=aneurysm)",
    "heart attack",
    "(=having|=having) ~2 (seizure|stroke|convulsions|seizures|anaphylaxis|miscarriage|contractions)",
    "(=choking|=chokes) -(on laughter|hazard)",
    "(bleed|bleeding|blood) ~3 (=badly|=heavily|=everywhere|=heavy|=profusely|=lot|=bad|=pouring|=gushing|\
     =uncontrollably|=severely|=nonstop|=death|=terribly)",
    "(heavy|heavily|severe|uncontrolled|massive|uncontrollable) (bleeding|bleed|blood)",
    "(lose|losing|lost) ~3 blood",
    "so much =blood",
    "(lot|lots|pool|much) of? =blood -(test|tests|work|pressure|sugar)",
    "(trouble|difficulty|hard|hardly|barely|unable|struggle) ~3 (=swallow|=swallowing)",
    "throat ~3 (=closing|=swelling|=swollen|=closed|=swells)",
    "(swell|swelling|swollen) ~8 (=breathe|=breathing|=swallow|=swallowing|eye|throat|airway|fever|neck)",
    "(tongue|throat) ~2 (=swelling|=swollen|=swells|=swole)",
    "(anaphylactic|anaphylaxis|anaphylactic)",
    "(severe|bad|serious|terrible) ~1 allergic reaction",
    "=overdose",
    "=overdosed",
    "(need|send|call|get|calling) ~2 =ambulance",
    "(=electrocuted|=drowning|=paralyzed|=paralysed)",
    "(sever|cut|chop|slice) ~1 off ~2 (finger|thumb|toe|hand|foot|arm|leg)",
    "(severed|amputated) ~2 (finger|thumb|toe|hand|foot|arm|leg)",
    "(swallow|drink|drank|ate|eat|ingest) ~3 (bleach|poison|battery|chemical|chemicals|antifreeze|detergent|\
     pills)",
    "=poisoned",
    "(=is|=are|=am|mother|father|baby|husband|wife) ~1 =dying -(to|of|for|on|down|out|phone|battery)",
    "(face|arm|side) ~4 (=drooping|=droops|=droopy|=numb) ~6 (speech|arm|talk|speak|slur|face|word)",
    "slurring ~2 (words|speech)",
    "(lips|face|he|she|baby) ~3 (turning|turned|going|is) =blue",
    "water broke ~4 (baby|pregnant|contractions|hospital|labor)?",
    "(went|go|going) into (labor|labour|shock|cardiac)",
    "(cardiac|respiratory) arrest",
    "(no|without) ~1 (pulse|heartbeat)",
    "(crush|trapped|pinned) ~2 under ~3 (car|machine|tree|wall|beam)",
    "broke ~1 (neck|back|skull|spine)",
    "(knock|knocked) ~1 (unconscious|out cold)",
    "(bad|badly|severe|severely|serious|third) ~1 (burned|burnt|scalded|injured|degree) ~2 (burn|himself|\
     herself|myself|hand|face|arm|leg|child|$)?",
    "unbearable chest",
    "medical emergency",
];

const MEDICAL_WITH_NOT: &[&str] = &[
    "(can|could) not ~3 (=breathe|=breath|=swallow)",
    "not ~1 (able|possible) to ~1 (=breathe|=swallow)",
    "not =breathing",
    "(will|would|do|does|is|has) not ~1 (=wake|=waking|=stop|=stopped|=stopping|=clot) (up|bleeding|\
     =responding)",
    "(blood|bleed|bleeding) ~4 not (=stop|=stopped|=stopping|=slow|=slowing|=clot|=clotting)",
    "can not ~1 (=stop|=control) ~2 (bleeding|blood|bleed)",
    "not ~1 (=responding|=conscious|=moving) -(to my|to the|to your|forward|house|from|on|my)",
    "can not feel ~1 (my|his|her) (arm|face|legs|left|side|leg|hands)",
    "(no|not have) ~1 (pulse|heartbeat)",
    "can not get ~2 (air|breath)",
];

const NOT_MEDICAL: &[&str] = &[
    "nosebleed",
    "bloody nose",
    "(drowning|choking) =in -(the|a) ~1 (work|paperwork|bills|debt|emails)?",
    "drowning in ~1 (work|paperwork|bills|debt|emails|calls)",
    "(passed|passing) out (the|flyers|papers|candy)",
    "choke ~1 (on|up) ~1 (price|bill|cost|emotion)",
    "choked up",
    "(will|would|almost|nearly|gave|give|giving|about) ~2 (me|him|her|you|my|have|had|to) ~1 (a|an)? heart \
     attack (when|over|at|with|from|if|seeing|looking)",
    "heart attack (when|over|price|bill|seeing)",
    "(give|gave) ~3 heart attack",
    "(boiler|battery|phone|car|furnace|heater|engine|plant|plants|machine|fridge|pump|motor|lawn|tooth|\
     computer) ~3 (die|dying|collapse|dead|choke)",
    "(dying|die) (to|of|for|on|down|out)",
    "(shelf|ceiling|fence|wall|roof|deck|floor|shed|tunnel|company|sale|deal|porch|chair|bed) ~2 collapse",
    "(under|no) the? stroke",
    "stroke of (luck|genius|midnight)",
    "(bit|little|slight|slightly|some|spotting) ~2 (bleed|bleeding|blood|swelling|swollen|swell)",
    "(room|air|space|wait|chance|second|moment|minute|time|deep|catch) ~2 (to|my|a)? (=breathe|=breath)",
    "(food|blood) poison (control|hotline)",
    "(data|information|hidden) overdose",
    "bleed (air|the|out|radiator|line|lines|valve|them|it)",
    "(radiator|brake|pipe|line|boiler|system) ~2 (bleed|bleeding)",
    "(legs|arm|side|hand|foot) (asleep)",
    "(car|personal|auto|work|workplace) (accident|injury) (case|claim|lawyer)",
    "blood (test|tests|pressure|work|sugar|thinner|thinners|type|sample|results)",
    "(dog|cat|vet|cough|cold) ~1 breathe",
    "after ~1 (stroke|surgery) (last|years)",
];

const FIRE: &[&str] = &[
    "(outlet|socket|panel|wire|furnace|boiler) ~5 (=sparking|=smoking|=burning)",
    "(house|home|kitchen|furnace|boiler|room|roof|wall|building|car|basement|outlet|oven|stove|curtain|bed|\
     garage|attic|heater|something|dryer|socket|panel|wire|wires|wiring|unit|apartment|office|cooker|\
     microwave|fuse|box|it|everything|chimney|cable|plug|machine|grill|porch|tree|shed) ~1 (is|are|=be|was|\
     has|on|just|=s|caught|just)? ~1 (on|caught|catch|catching) =fire",
    "(house|home|kitchen|room|building|car|basement|roof|garage|curtain|it|everything|apartment) ~2 (in|up \
     in) =flames",
    "there (is|are|=be) (a|an|=flames|=small|=fire|=still)? ~1 (=fire|=flames|=smoke|=sparks) -(alarm|place|\
     department|damage|extinguisher|station|sale|detector)",
    "(have|got|having) (a|an) ~1 =fire (in|at|here|right|now|on|and|$|at) -(case|last)",
    "=fire (in|at|on) (my|the|our) ~1 (kitchen|house|basement|garage|room|bedroom|attic|roof|building|\
     office|wall|apartment|home|oven|furnace|boiler|stove)",
    "(=fire|=smoke|=flames) ~3 (=spreading|=pouring|=everywhere|=filling|=billowing|=rising|=coming|=out of \
     control)",
    "(=see|=seeing|=smell|=smelling|=smells|see|smell|notice) ~2 (=smoke|=flames|=sparks|=burning|=fire) \
     -(alarm|detector)",
    "(=smells|=smell|=smelling|=smelled) ~2 (like|of|something) ~2 (=burning|=smoke|=burnt|=fire|burning)",
    "(=burning|=smoky|=smokey|=burnt|electrical|=smoke) ~1 (=smell|=odor|=odour|=wires|=plastic)",
    "smoke ~1 (=come|=coming|=out|=from|=is|in|=pours|=everywhere) ~2 (=of|=from|=out|=everywhere|=through|\
     the|coming|my|house|kitchen|furnace|boiler)",
    "(spark|sparks|sparking) ~3 (=from|=out|=flying|outlet|panel|socket|wire|box|wires|plug|everywhere|\
     furnace)",
    "(outlet|panel|socket|wire|box|furnace|plug|boiler|unit|switch|meter|dryer|washer|oven|stove|heater|\
     fridge|machine|motor|pump|microwave|ceiling) ~2 (=sparking|=smoking|=sparks|=burning|=arcing|\
     =smoldering|=melting)",
    "(house|home|kitchen|building|apartment|place) (is|are|=be)? ~1 (=burning|=smoking) (down|up|$)?",
    "call ~2 fire (department|brigade)",
    "^ ~2 fire fire",
    "(carbon|smoke) (detector|alarm) ~4 (=smoke|=smoky|fire|burning)",
];

const NO_FIRE: &[&str] = &[
    "(mouth|tongue|gum|gums|throat|skin|face|foot|feet|stomach|hand|back|tooth|teeth|leg|jaw|nerve|ear|ears|\
     eyes|knee|chest|phone|schedule|business|you|team|line|career) ~3 (on fire|=burning|=on) (=fire|\
     sensation)?",
    "(feel|feels|felt|like) ~4 on fire",
    "burning (sensation|pain|feeling|tongue|mouth|question|when|in)",
    "fire (away|him|her|you|them|damage|extinguisher|inspection|insurance|pit|place|sprinkler|marshal|code|\
     door|claim|drill|escape)",
    "(have|had|after|since|from|about) ~1 (a|the|our) ~1 fire (at|in|on) ~4 (last|ago|year|month|insurance|\
     claim|week)",
    "(had|was) ~3 fire ~4 (out|gone|insurance|claim|damage)",
    "(get|got|be|was|were) fired",
    "smoke (alarm|detector) ~4 (install|inspect|replace|battery|test|chirp)",
    "(chirp|battery) ~4 smoke",
    "(quit|stop|cigarette|neighbor|neighbour) ~2 (smoke|smoking)",
    "(spark) (plug|joy|interest)",
    "(pilot|burner|gas) ~1 (light|flame) ~2 (not|out|go|wont)",
    "there (is|be) ~2 (no) fire",
    "(candle|cigar|pizza|incense)",
    "fire is out",
];

const GAS: &[&str] = &[
    "smell ~6 like ~2 (=gas|propane|rotten eggs)",
    "(=smell|=smells|=smelling|=smelled|=smelt|odor|odour|=stinks|=reeks|whiff) ~3 (=gas|=eggs|=sulfur|\
     =sulphur|=propane)",
    "(=gas|propane) ~1 (=smell|=smells|=leak|=leaks|=leaking|=odor|=odour|=leaked|=smelling|=escaping|\
     =hissing)",
    "(=leak|=leaking|=leaks) ~2 (=gas|propane) -(bill)",
    "(=gas) (line|pipe|main|meter|valve|hose|stove|fireplace|tank|burner) ~3 (=leak|=leaking|=broke|=broken|\
     =cut|=hissing|=hit|=ruptured|=smell|=smells)",
    "(cut|hit|broke|break|rupture|nick|punctured|struck|drill) ~4 =gas (line|pipe|main)",
    "=rotten (=egg|=eggs) -(salad)",
    "(carbon|=co|=co2|=c) (monoxide|=o|alarm|detector|=oh)? ~1 (alarm|detector|sensor|monitor) ~4 (=going|\
     =beeping|=off|=went|=goes|=sounding|=ringing|=screaming|=alarming|=blaring|=keeps|=red|=triggered)",
    "carbon monoxide -(detector|alarm|sensor|monitor|inspection|test|testing)",
    "monoxide (poisoning|leak|level|levels|reading)",
    "(hear|hearing) ~2 gas ~2 hiss",
];

const NO_GAS: &[&str] = &[
    "gas (bill|station|company|prices|price|card|mileage|pump|tank|leakage)",
    "(laughing|tear|natural) gas ~2 (sedation|dentist|option)",
    "laughing gas",
    "(install|buy|replace|inspect|new|quote|battery) ~4 (monoxide|detector)",
    "(pass|passing) gas",
    "monoxide (detector|alarm) (install|inspection|battery|chirp)",
    "(chirp|battery) ~5 (monoxide|detector)",
];

const VIOLENCE: &[&str] = &[
    "(man|someone|somebody|he|guy|people|they|stranger|ex) ~2 (try|trying) to (get|break) (in|into) ~2 \
     (house|home|apartment|room|car|door)",
    "(he|husband|boyfriend|ex|wife|she|girlfriend|father|partner) just (=hit|=beat|=attacked|=choked) me",
    "(someone|somebody|man|he|she|they|husband|wife|boyfriend|girlfriend|ex|guy|neighbor|son|people|partner|\
     intruder|burglar|dad|father|stranger|brother|men) (is|are|be|=s)? ~2 (=attacking|=hitting|=beating|\
     =choking|=threatening|=stabbing|=shooting|=hurting|=chasing|=following|=robbing|=strangling|\
     =assaulting|=punching|=stalking|=raping) ~1 (=me|=us|=my|=him|=her|=someone|=people|=everybody|=a)",
    "(is|are|be|=s) ~2 (=trying|going|threatening) to (=kill|=hurt|=shoot|=stab|=rape|=attack) (=me|=us|=my|\
     =her|=him|=someone)",
    "(will|would) (=kill|=shoot|=stab) (=me|=us)",
    "(being|get|getting) (=attacked|=robbed|=beaten|=mugged|=assaulted|=followed|=held|=chased|=stalked) \
     -(in court)",
    "(break|breaking|broken|smash) (=in|=into) ~1 (my|our|the|house|home|here|right|apartment|office|$) ~2 \
     (now|house|home|right|door|apartment)?",
    "(someone|somebody|man|intruder|burglar|stranger|he|people|ex|husband|boyfriend) ~2 (=in|=inside|=at|\
     =outside) (=my|=our) (house|home|apartment|room|basement|bedroom|yard)",
    "(he|she|they|someone|somebody|man|guy|husband|boyfriend|ex|people) ~2 (have|has|got|had|with|pull|\
     pulled|hold|holding|wave|waving|point|pointing) (a|the|his|an|my) ~1 (gun|knife|weapon|rifle|pistol|\
     bat|machete|axe)",
    "(man|guy|someone|somebody|person|intruder) with ~1 (gun|knife|weapon|rifle|pistol|axe|machete)",
    "(i|we) (am|are|be|=m) ~1 (=in) ~1 danger",
    "(afraid|fear|scared|fearing) for ~1 (my|our|her|his) (life|lives|safety)",
    "(gunshots|gunshot|shots fired)",
    "(hear|heard|someone) ~2 (=gunshots|=gunshot|=shots|=shooting)",
    "active shooter",
    "(i|he|she) (have|was|been|has|got) ~1 (=stabbed|=shot|=raped) -(of|in the ass|down)",
    "(call|send|get|need) ~1 (the)? police (now|quick|right|please|here|immediately)",
    "(hold|holding|held) (me|us|her|him) (hostage|against|prisoner|captive)",
    "domestic violence ~3 (now|right|happening|progress)",
];

const NO_VIOLENCE: &[&str] = &[
    "(tried|attempted) to break",
    "break ~5 (last night|yesterday|while i was|over the weekend)",
    "(shoot|shooting) (pain|pains|star|for|me|an|a)",
    "(price|prices|bill|bills|bugs|mosquitoes|headache|tooth|pain|back|heat|shoes|stairs|wait|toothache|it|\
     this|cold|knee|feet|suspense|curiosity|boredom) ~3 (kill|killing|attack)",
    "kill me (with|when|if|for|right|laughing)",
    "(wife|husband|mother|boss|mom|dad|landlord) ~2 (will|would|going) ~2 kill me",
    "(tooth|tank|pipe|credit|identity) ~2 (break|breaking)",
    "(flu|covid|tetanus|booster|shingles) shot",
    "(want|need|like|get|got|had|have) ~3 shot",
    "shot (at|in) (the) (arm|dark)",
    "heart is? attack",
    "(police) (report|record|officer|department|station)",
    "break in ~2 (shoes|engine)",
];

const PROPERTY: &[&str] = &[
    "(leak|drip) ~1 (through|from) ~2 (light|ceiling|fixture)",
    "water ~3 (=dripping|=leaking|=drips|=leaks) ~1 (from|through|out of) ~2 (ceiling|light|lights|fixture|\
     upstairs|walls|wall)",
    "(burst|bursting|busted|exploded|ruptured|broken) ~1 (pipe|pipes|main|hose|tank)",
    "(pipe|pipes|water main|hose|tank|heater|main|tap|faucet|valve|radiator|boiler) ~3 (=burst|=bursted|\
     =bursting|=exploded|=ruptured|=exploding|=busted)",
    "water ~2 (be|=is|=s|just|come|keep|has|been|all|started)? ~1 (=pouring|=gushing|=spraying|=flooding|\
     =shooting|=pours|=rushing|=spewing|=squirting|=streaming|=pour|=gushes|=cascading|=everywhere|\
     =bursting|=poured) ~1 (out|through|down|from|in|into|everywhere|all|over|$|now|and|of)?",
    "(=pouring|=gushing|=spraying|=leaking|=spewing|=shooting|=flooding) ~1 water ~3 (everywhere|all|\
     through|into|down|over|from|floor|fast|$|and)",
    "water ~2 (=coming|=running|=dripping|=leaking|=come|=comes|=runs|=dripping|=falling) ~2 (through|into|\
     down|everywhere|=in) ~3 (ceiling|wall|walls|floor|roof|light|lights|kitchen|room|basement|bedroom|\
     house|apartment|below|downstairs|stairs|fixture|everywhere|window|windows|$|everything)",
    "(=flooded|=flooding|=floods|=flood|=underwater|under water) ~3 (basement|house|kitchen|home|bathroom|\
     floor|cellar|apartment|room|garage|office|everything|bedroom|hall|laundry|crawlspace|place|carpet)",
    "(basement|house|kitchen|home|bathroom|floor|cellar|apartment|room|garage|office|everything|bedroom|\
     hall|laundry|place|carpet|toilet|shop|store|we|it|crawlspace) (is|are|has|be|been|=s|got|getting|just|\
     keep|keeps)? ~3 (=flooded|=flooding|=floods|=underwater|=soaked) -(with|by|calls|email)",
    "(=feet|=foot|=inches|=inch|=ankle) (=of|=deep)? ~1 water ~4 (basement|house|kitchen|floor|cellar|room|\
     garage|here|in|on)?",
    "(standing|ankle|knee) ~1 (deep|water)? (water|in) ~3 (basement|house|kitchen|floor|cellar|room|garage|\
     water)",
    "(can|could) not ~2 (turn|shut|stop|close) ~2 (off|it|water) ~2 (off|water)?",
    "water ~3 not (=stop|=stopping|=shut|=turn)",
    "(ceiling|roof|wall|floor) ~4 (=collapsed|=collapsing|=caved|=caving|=falling|=fell|=bulging|=sagging|\
     came down|coming down)",
    "(ceiling|wall) ~1 (is|=s|be|started)? ~1 (=leaking|=dripping|=pouring|raining)",
    "(sewage|sewer|raw|toilet) ~3 (=backing|=coming|=everywhere|=backed|=overflowing|=backup|=overflowed|\
     =spilling)",
    "tree ~2 (=fell|=fallen|=crashed|=down) ~1 (on|onto|into|through|across) ~1 (house|roof|car|line|wires|\
     garage|my|our|the)",
    "(roof|window|door) ~2 (=blew|=blown|=ripped|=torn) off",
    "(live|power|downed|electric) (wire|line|cable|lines|wires) ~2 (=down|=hanging|exposed|=on|=sparking)",
];

const NOT_PROPERTY: &[&str] = &[
    "(=flooded|=flooding|flood) (=with|by|of) ~3 (calls|call|email|emails|mail|work|messages|requests|\
     people|patients|orders)",
    "(flooded|flood|burst|water) (damage|insurance|restoration|zone|warning|claim|light|lights|heater|bill|\
     bottle|meter) ~2 (claim|quote|insurance|estimate|case|replace)",
    "(water|flood) damage (claim|from last|estimate|case)",
    "(=no|not) ~1 water ~2 (come|coming|run|running)",
    "(hot|warm|cold) water ~2 (come|coming|run|running) ~1 (out|low|short|in)",
    "water (bill|pressure|cooler|heater) ~2 (is|be) ~2 (through the roof|high)",
    "(burst|bursting) (of|with|into|out) (energy|tears|laughing|joy|pride)",
    "flood light",
    "(tooth|crown|filling|cap|bridge|denture) ~3 (fell|falling|fall|collapse|came)",
    "(filling|crown|tooth) (burst|fell)",
    "(appendix|blister|bubble|abscess|eardrum|tire) ~2 burst",
    "(eyes|mouth|eye) ~2 (water|watering)",
];
