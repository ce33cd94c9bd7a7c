//! Requests for a person or a manager, failures that repeat, talk of law and of regulators.

use super::guard::Guards;
use super::{Rules, SignalKind};

/// The number that a counting word says: "third", "twice", "4", "two".
pub(super) fn count(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    if let Ok(number) = digits.parse() {
        return Some(number).filter(|number| (2..=100).contains(number));
    }
    COUNTS.iter().find(|(_, words)| words.contains(&word)).map(|(number, _)| *number)
}

const COUNTS: &[(u32, &[&str])] = &[
    (2, &["two", "second", "twice", "both"]),
    (3, &["three", "third", "thrice"]),
    (4, &["four", "fourth"]),
    (5, &["five", "fifth"]),
    (6, &["six", "sixth"]),
    (7, &["seven", "seventh"]),
    (8, &["eight", "eighth"]),
    (9, &["nine", "ninth"]),
    (10, &["ten", "tenth"]),
    (11, &["eleven", "eleventh"]),
    (12, &["twelve", "twelfth"]),
    (20, &["twenty", "twentieth"]),
];

pub(super) const RULES: &[Rules] = &[
    Rules { kind: SignalKind::Person, said: PERSON, unless: NO_PERSON, guards: Guards::DENIED },
    // Said with a "not", and meant so.
    Rules { kind: SignalKind::Person, said: NO_MACHINE, unless: &[], guards: Guards::NONE },
    Rules { kind: SignalKind::Manager, said: MANAGER, unless: NO_MANAGER, guards: Guards::DENIED },
    Rules {
        kind: SignalKind::Repeated { times: None },
        said: REPEATED,
        unless: NOT_REPEATED,
        guards: Guards::NONE,
    },
    Rules { kind: SignalKind::Legal, said: LEGAL, unless: NOT_LEGAL, guards: Guards::SPOKEN },
    Rules { kind: SignalKind::Compliance, said: COMPLIANCE, unless: NOT_COMPLIANCE, guards: Guards::DENIED },
];

const PERSON: &[&str] = &[
    "(can|could|may) i (get|have|reach) ~2 (human|person|representative|rep|operator|agent|receptionist)",
    "(can|could|may|might|shall) (i|we) ~2 (=speak|=talk|=chat) (to|with) ~3 (person|human|someone|somebody|\
     anyone|anybody|representative|rep|agent|operator|receptionist|dispatcher|colleague|staff|employee|\
     people|secretary|service)",
    "(let|have) (me|us) ~1 (=speak|=talk|=chat) (to|with) ~3 (person|human|someone|somebody|anyone|anybody|\
     representative|rep|agent|operator|receptionist|dispatcher|colleague|staff|employee|people|secretary|\
     service)",
    "(want|need|like|prefer|rather|wish|love|demand|hope|try|possible|ask|ready|got) to? ~1 (=speak|=talk|\
     =chat|=speaking|=talking) (to|with) ~3 (person|human|someone|somebody|anyone|anybody|representative|\
     rep|agent|operator|receptionist|dispatcher|colleague|staff|employee|people|secretary|service)",
    "^ please? just? (=speak|=talk|=chat) (to|with) ~3 (person|human|someone|somebody|anyone|anybody|\
     representative|rep|agent|operator|receptionist|dispatcher|colleague|people|service)",
    "how (do|can|would|could) (i|you|one|we) ~2 (speak|talk|get|reach) (to|with|through|hold)? (to|of)? ~2 \
     (person|human|someone|somebody|representative|agent|operator|receptionist)",
    "(get|give|find|bring) (me|us) ~3 (person|human|representative|rep|agent|operator|receptionist)",
    "(get|put|find) (me|us) (someone|somebody|anybody|anyone) -(out|over|to|for|here|down)",
    "(=put|=patch|=pass|=transfer|=connect|=switch|=forward|=hand|=transferred|=connected) (me|us) (through|\
     over|across|on|to|with|back|please|now|$) -(your|the|hold) to?",
    "(=put|=patch|=pass|=transfer|=connect|=switch|=forward|=hand) (me|us) (through|over|across|on)? (to|\
     with) ~3 (person|human|someone|somebody|anyone|anybody|representative|rep|agent|operator|receptionist|\
     dispatcher|colleague|staff|desk|office|department|billing|scheduling|dispatch)",
    "(be|get) (=transferred|=connected|=put) (through|over)? to ~3 (person|human|someone|somebody|\
     representative|agent|operator|department|office)",
    "(=real|=actual|=live|=living|=breathing|=proper|=genuine) =live? (=person|=human|=people|=agent|\
     =operator|=representative|=voice|=someone|=somebody|=receptionist)",
    "(anybody|anyone|somebody|someone|nobody) (=real|=human|=actual|=alive|=living)",
    "is (there|anybody|anyone|somebody|someone) ~2 (=real|=human|=alive)",
    "is there ~2 (person|human|anybody|anyone|somebody|someone|people) ~3 (i|we) (can|could) (speak|talk)",
    "is there ~2 (anybody|anyone|somebody|someone) ~1 (available|else|there|here|around|in) -(who|that|to)",
    "is (anybody|anyone|somebody|someone) (there|available|in) (to|at|that)? (talk|speak|help|all)?",
    "(is|are) there (a|any) ~1 (human|humans|person|people) ~2 (there|here|available|line|around|i)",
    "(somebody|someone|anybody|anyone|person|human) (i|we|that|to) (can|could)? (i|we|=talk|=speak)? (=talk|\
     =speak) (to|with)",
    "(=person|=human|=representative|=agent|=operator|=receptionist) (please|=now)",
    "^ (a|an|the|just)? (human|operator|representative|agent|receptionist|person) (being)? (please)? $",
    "(operator|representative) (operator|representative)",
    "(want|need|like|prefer|demand|rather) (have|to)? ~1 (a|an|the|some) (=human|=operator|=representative|\
     =person|=rep) -(who|that|to|for|in|with|from)",
    "(human|person) =not ~3 (machine|robot|computer|bot|recording|ai)",
    "(want|need|rather|prefer|like) ~2 (talk|speak|deal) ~1 (human|person)",
];

const NO_PERSON: &[&str] = &[
    "(be|are) you ~3 (person|human|real|live)",
    "(am|was) i ~1 (talk|speak) (to|with) ~3 (person|human|someone|robot|operator)",
    "is this ~2 (person|human|live|operator|agent)",
    // Somebody who hears nothing asks whether the line stands.
    "^ (hello|hi|hey) ~1 is (anybody|anyone|somebody|someone) there $",
    "(person|human) in charge",
    "(estate|insurance|travel|leasing|letting|sales|real) agent",
    "agent (said|told|came|promise|who)",
    "real estate",
    "human resources",
    "(first|last|previous) person",
    "(connect|transfer|pass|put) (me|us) (on|to) hold",
    "the person who",
    "put (me|us) (on|down) (the|your|a|for) ~1 (list|schedule|calendar|hold|waitlist|books)",
    "put (me|us) (on|down) (for|monday|tuesday|wednesday|thursday|friday|saturday|hold)",
    "put (me|us) (back|through) (on|in|all|hell|the)",
    "pass (me|us) (on|over|around|from)",
    "(do|did|should|must) (i|we) (have|need) to ~1 (talk|speak)",
    "real (people|person|voice) (have|with)",
    "(can|could|may) i ~1 (talk|speak) (to|with) you",
    "(will|be) ~1 (talk|speak) (to|with) (someone|somebody) (else|about) (another|it) (day|later)",
];

const NO_MACHINE: &[&str] = &[
    "not ~2 (talk|speak|deal|interact|communicate) (to|with) ~2 (machine|robot|computer|bot|recording|ai|\
     automated|software|voicemail|chatbot)",
    "(stop|hate|sick|tired) ~2 (talk|speak|deal) (to|with) ~2 (machine|robot|computer|bot|recording|ai|\
     automated|chatbot)",
    "(hate|loathe|despise) ~2 (machine|robot|bot|automated|computer|recording)",
    "not ~2 (machine|robot|computer|bot|recording) (please|$)",
    "no (machine|robot|bot|computer|recording)",
    "(be|can) not (there|i|we) ~3 (person|human|someone|somebody|anyone|anybody) ~2 (talk|speak)",
    "(can|could|may) not i ~2 (talk|speak) (to|with) ~2 (person|human|someone|somebody|anyone|anybody)",
    "(do|will) not ~1 (talk|speak) to (machine|robot|computer|bot|it)",
    "get (me|us) off ~2 (machine|robot|bot|system)",
    "refuse to (talk|speak) to ~2 (machine|robot|computer|bot)",
];

const MANAGER: &[&str] = &[
    "(speak|talk|chat|complain|escalate) (to|with) ~3 (manager|supervisor|owner|boss|superior|management|\
     director|leader|ceo) -(of)",
    "(want|need|like|demand|require|rather|insist|prefer|get|give|bring|fetch|find|reach|call|transfer|\
     connect|put|pass) (on|to|have|me|us)? (me|us|through|for|over|on|to)? (to|with|on)? (a|the|your|that|\
     his|her) (shift|office|general|floor|duty|service|store|senior)? (manager|supervisor|owner|boss|\
     superior|director|ceo) -(of|to|in|that|said|at)",
    "(manager|supervisor|owner|boss) (please|now|right|immediately|$) -(now|away)? $",
    "^ (a|the|your|get|no)? (manager|supervisor|boss|management|owner) please? $",
    "(who|where) (is|are) (your|the) ~1 (manager|supervisor|boss|owner|superior)",
    "is (the|your|a|there|there) (a|the)? ~1 (manager|supervisor|boss|owner) (there|in|available|around|\
     here|on|i|that|who|$)",
    "(have|let|ask|get|tell) (your|the|a) ~1 (manager|supervisor|boss|owner) (call|to|ring|phone|contact|\
     know)",
    "(can|could|will|would|may|should) (your|the|a) ~1 (manager|supervisor|boss|owner) ~1 (call|phone|ring|\
     contact|explain|help|speak|come)",
    "(your|the|a) ~1 (manager|supervisor|boss|owner) (can|could|should|must|need|have) ~1 (call|phone|ring|\
     contact|explain|hear|know)",
    "(somebody|someone|anybody|anyone|person|whoever|who) ~1 (=in|with) (charge|authority|command) -(of)",
    "(somebody|someone|anybody|anyone) ~1 (higher|above|senior|important) (you|up|than)?",
    "(want|like|need) ~2 (person|one) in charge",
    "(higher|above) (up|you) ~1 (please|talk|speak)",
    "(speak|talk|go) ~3 (higher|over) (up|your)",
    "who (is|be) in charge",
    "(speak|talk) ~5 (person|one|man|woman|whoever) ~1 (run|own) (the|this|your) (place|company|business|\
     office|practice|shop|firm|show|it)?",
    "who runs this (place|company|office|practice|business|show)",
    "(want|need|can|please|demand|like|going|will|must) ~4 =escalate (this|it|my|the)",
    "=escalate (this|it|my) (please|now|to|call|case|issue|complaint|ticket)?",
    "(manager|supervisor|owner|boss) name",
    "(speak|talk) (to|with) ~2 (head|chief|partner) (of|in|charge)",
    "not ~2 (talk|speak) ~3 (until|unless|except) ~3 (manager|supervisor|owner|boss)",
];

const NO_MANAGER: &[&str] = &[
    "(i|we) ~1 (speak|spoke|talk) ~4 (yesterday|last|ago|already|earlier|before|monday|tuesday|wednesday|\
     thursday|friday|saturday|morning)",
    "(i|we|have|already) (spoke|spoken|talked) ~2 (manager|supervisor|owner|boss)",
    "(i|we) (am|are) ~1 (the|a|an) ~1 (manager|owner|supervisor)",
    "(my|his|her|our|their) ~1 (manager|supervisor|boss|owner)",
    "(property|landlord|building|apartment|project|case|bank|account|office|it|pet|dog|cat|home|house|car) \
     (manager|owner)",
    "(manager|supervisor|owner|boss) (=said|=told|=promised|=came|=assured|=agreed|=yesterday|=was|=already)",
    "owner of",
    "(landlord|sister|brother|mother|father|wife|husband|neighbor|he|she|who|caller|user) ~1 is (the|an|a) (owner|\
     manager)",
    "new owner",
];

const REPEATED: &[&str] = &[
    "(=second|=third|=fourth|=fifth) (technician|plumber|repairman|visit|repair) (in|this) (a|the|one|two|\
     three|month|week|year)",
    "(=second|=third|=fourth|=fifth|=sixth|=2nd|=3rd|=4th|=5th) (message|voicemail|call|email|letter|\
     complaint|attempt|technician|plumber|repair) (i|we|you|that|this|now|already)",
    "(=second|=third|=fourth|=fifth|=sixth|=seventh|=eighth|=ninth|=tenth|=2nd|=3rd|=4th|=5th|=6th|=7th|\
     =8th|=9th|=10th|=twentieth|=hundredth|=umpteenth|=millionth) ~1 time ~2 (i|we|you|they|he|she|this|\
     that|it|my|the|your|now|already|someone|in|call|phone|ring|ask|try|explain|complain|around|nobody|$)",
    "(=two|=three|=four|=five|=six|=seven|=eight|=nine|=ten|=2|=3|=4|=5|=6|=7|=8|=9|=10|=several|=multiple|\
     =many|=dozen|=hundred|=hundreds|=couple|=few|=thousand) of? times =now? (already|and|but|about|i|we|\
     nobody|no|still|$)",
    "(call|phone|ring|try|ask|complain|email|write|contact|report|tell|explain|message|reach|request|left|\
     come|came|been|out|fix|repair|here|speak|talk|promise|reschedule|cancel|move|happen|change|submit) ~4 \
     (=two|=three|=four|=five|=six|=seven|=eight|=nine|=ten|=2|=3|=4|=5|=6|=7|=8|=9|=10|=several|=multiple|\
     =many|=dozen|=hundred|=hundreds|=couple|=few|=thousand) of? times",
    "(call|phone|ring|try|ask|complain|email|chase) ~4 (=two|=three|=four|=five|=six|=2|=3|=4|=5|=6|=several) days",
    "(call|phone|ring|try|ask|complain|email|write|contact|report|tell|explain|message|reach|request|left|\
     come|came|been|out|fix|repair|here|speak|talk|promise|reschedule|cancel|move|happen|change|break|leak) \
     ~4 (=twice|=thrice) -(a|daily|before)",
    "(=twice|=thrice) (now|already|this|in) -(a|my)",
    "already (call|phone|ring|complain|email|report|contact|left|leave|write) ~3 (about|this|you|guys|\
     message|messages|someone|somebody|before|yesterday|twice|times)",
    "already (tell|explain|ask|speak|talk) ~1 (to|with)? (your|someone|somebody|them|him|her|two|three|four|\
     several)",
    "(i|we) have? already (call|phone|ring|complain|email|report|contact) -(my|the|an|insurance)",
    "(call|phone|ring|complain|email|report|spoke|contact) ~5 (yesterday|before|earlier|last|ago|monday|\
     tuesday|wednesday|thursday|friday|saturday|sunday|morning) ~6 (nobody|still|never|again|nothing|not|\
     no) -(hurry|problem|rush)",
    "(=the|my|your|now) (=second|=third|=fourth|=fifth|=sixth|=2nd|=3rd|=4th|=5th) (technician|tech|plumber|\
     guy|man|repairman|engineer|repair|attempt|person|electrician|call|complaint|phone|message|email|letter|\
     ticket|part|unit|replacement) -(opinion|i|floor|in)",
    "(=two|=three|=four|=five|=six|=2|=3|=4|=5|=6|=several|=multiple|=many) ~1 (=visits|=calls|=technicians|\
     =techs|=repairs|=attempts|=messages|=emails|=complaints|=phone|=plumbers|=voicemails|=appointments) ~4 \
     (=and|=but|later|=still|=already|=nobody|=no|=nothing|$|i|we) -(am|would|want|like)",
    "(after|=in|take|took|left|made|make|send|sent|despite|had) ~1 (=two|=three|=four|=five|=six|=2|=3|=4|\
     =5|=6|=several|=multiple|=many|=countless) ~1 (=visits|=calls|=technicians|=techs|=repairs|=attempts|\
     =messages|=emails|=complaints|=plumbers|=voicemails|=people)",
    "(again|over) and (again|over)",
    "time (and|after) (time|again)",
    "(every|each) single? time (i|we) (call|phone|ring|ask)",
    "keep happen",
    "(problem|issue|leak|noise|it|error) keep (come|return) back?",
    "(i|we|that|to) (have|had)? keep (call|phone|ring|ask|explain|chase|tell|complain|have)",
    "have to keep (call|ask|explain|chase|ring|phone)",
    "(break|leak|stop|fail|happen|drip|flood|trip|die|cancel|clog|freeze) ~2 =again",
    "(same|this) ~1 (problem|issue|thing|mistake|trouble|leak|error|fault) ~3 =again",
    "(problem|issue|leak|noise|error|pain|fault|trouble) ~2 (=back|=returned|=again)",
    "(is|=it) =back =again",
    "=still (not|no|have) ~2 (fix|resolve|repair|solve|sort|address|correct|deal)",
    "=still ~1 (not|unresolved|broken|leak|unfixed|dead) ~4 after ~4 (visit|repair|fix|call|technician|came|\
     week|month|day|times|appointment|part)",
    "(visit|repair|fix|technician|plumber|guy|came|replace|tech|part) ~6 =still (not|leak|broken|no|do|be|\
     have|make)",
    "not ~1 (=fix|=fixed|=repair|=repaired) ~1 (right|properly|correctly|first|at|last)",
    "(fix|repair|replace|service|came) ~6 (and|but|now) ~3 (again|already)",
    "(=fixed|=repaired|=replaced) ~5 (and|but) ~2 (not|leak|broke|broken|stop|fail|worse|back|same|die)",
    "how many (more)? times (do|must|have|will|should|i|are|can)",
    "(yet|once) again ~3 (nobody|no|not|wait|have|be|call|same|wrong)",
    "(=two|=three|=four|=five|=2|=3|=4|=5) different (people|person|technician|plumber|agent|times)",
    "=another (technician|no|failed|missed|wasted) (show|visit|day|appointment|repair)?",
    "since ~1 (last|first) (repair|visit|fix|service|technician) ~6 (not|again|still|same|worse|stop)",
    "(no|any|not) (better|different|good|luck) ~2 (second|third) time",
];

const NOT_REPEATED: &[&str] = &[
    "(charge|bill|pay|debit|invoice|take) ~2 (=twice|two times|double)",
    "first time",
    "(call|ring|try|phone) ~2 again (later|tomorrow|next|soon)",
    "(will|can|could|would|please) ~2 (try|call|say|repeat) ~2 again",
    "(second|third) time (lucky|slot|zone)",
    "(two|three|four|2|3|4|several|few) times (=a|per|daily|each|every)",
    "(both|different|convenient|possible|available|good|other) times",
    "(=two|=three|=2|=3|=several|=many) people -(told|said|came|who|have|already)",
    "already (call|told|tell) (my|the) (insurance|doctor|mother|wife|husband|police)",
    "(thanks|thank) you? ~1 again",
];

const LEGAL: &[&str] = &[
    "(will|going|am|are|about|shall|might|could|can|would|gonna|would|have|ready|prepare|=and|=or|=to|=i|\
     =you) to? (=sue|=suing|=sued) (you|your|youse|this|them|the|all|everyone|everybody|somebody|someone|\
     every) ~1 (company|business|office|practice|firm|people|place|ass|asses|clinic|whole|all|lot|hell|shit|\
     pants|landlord|bank|you|over|for|if|and|because|when|until|so|now|$)",
    "(will|going|am|shall) to? (=sue|=suing) (=you|=yall)",
    "(will|going|gonna|or|think|consider|thinking) (to|be|i|about|of)? (will|to|am)? (=sue|=suing) (if|and|\
     or|because|unless|$|i|over|for|right|until)",
    "see you (in|at) court",
    "=or (i|we) (will|am|are|be) ~2 (go|take) ~2 court",
    "(take|drag|haul|bring|have|get) (you|your|this|them|it) ~3 (=to|=into|=in|before) ~1 (court|claims|\
     tribunal|judge)",
    "(take|bring|pursue|start|seek|consider|file|begin|threaten) ~2 (legal|court) (action|proceedings|steps|\
     measures) -(for)",
    "(legal|court) (action|proceedings|steps) against (you|your|this)",
    "(claim|case|lawsuit|suit|papers|charges) against (you|your|this) -(letter)",
    "(hear|hearing|letter|call|contact|notice|papers|served|word) (from|by) (my|our|a|his|her) ~1 (lawyer|\
     attorney|solicitor|barrister|counsel|lawyers|advocate)",
    "(my|our) ~1 (lawyer|attorney|solicitor|barrister|counsel|advocate) (will|would|is|are|be|have|can|\
     shall|say|says|going|about) ~3 (hear|contact|call|letter|write|touch|know|deal|handle|love|sue|you|\
     file|send)",
    "(will|going|am|gonna|shall|have|about) to? be? (get|call|contact|hire|talk|speak|involve|consult|see|\
     phone|send|bring|give|go|retain|turn|hand|forward|pass) ~3 (=my|our) ~1 (lawyer|attorney|solicitor|\
     barrister|lawyers)",
    "(get|bring|have|take) ~3 (lawyer|attorney|solicitor|lawyers) (involve|on)",
    "(get|getting|hire|hiring|call|calling|find|see|finding|retain) (a|an|the) (lawyer|attorney|solicitor|\
     barrister) ~2 (on|involve|and|if|after|about|over|against|to) ~1 (you|this|your|deal|sue|then|it|do)",
    "(you|your|they) ~3 (=talk|=speak|=explain|=answer|=deal) ~4 my ~1 (lawyer|attorney|solicitor|counsel)",
    "(go|take|file) ~3 small claims ~2 (with|over|about|if|against|you|this|for|$|then|unless|court) -(my|\
     the|case|him|her|hearing|filing)",
    "(you|company) ~2 (will|going|about|gonna) to? be? (=sued|=served)",
    "(expect|await|facing|face|get|looking) ~2 (lawsuit|subpoena|summons|writ) -(against)",
    "(hold|held) (you|your|company) ~3 (liable|responsible) ~4 (legally|court|law)",
    "(lawyer|attorney|solicitor) up",
    "press charges against (you|your|this)",
    "(talk|speak|go|turn|report|call) ~3 (lawyer|attorney|lawyers) about (you|what|your|this) (guys|people|\
     did|have|company|mess|business)?",
];

const NOT_LEGAL: &[&str] = &[
    "(action|claim|suit|lawsuit|proceedings|case) against (my|the|him|her|them|our|his|their|a|an|another) \
     -(company|practice|technician)",
    "(sue|suing) (my|our|him|her|the|their|a|an|his|them) (landlord|neighbor|neighbour|employer|boss|ex|\
     husband|wife|insurance|contractor|hospital|driver|city|tenant|school|store|builder|seller|former|old|\
     other|estate|bank|brother|sister|father)",
    "(want|need|like|help) ~3 (you|your) ~2 (to|help) ~2 sue",
    "(represent|help) ~3 (sue|court|legal)",
    "can (i|you|we|someone) ~1 sue",
];

const COMPLIANCE: &[&str] = &[
    "(file|lodge|submit|register) ~2 (a|an|the|my|official|formal|another) ~1 complaint (with|against|to|\
     about|please|$|and|over|for|because|today|now)",
    "(formal|official|written|formally|officially) (complaint|complain|grievance)",
    "(complaint|complain) ~2 (=to|with|at) ~3 (board|regulator|commission|authority|bureau|ombudsman|state|\
     council|association|agency|department|bar|inspector|licensing|watchdog|union)",
    "(report|reporting|complain|complaining|reported) ~2 (you|this|your|it|practice|office|company|him|her|\
     them) ~3 (to|with) ~3 (board|regulator|commission|authority|authorities|bureau|ombudsman|state|council|\
     association|agency|department|bar|inspector|licensing|watchdog|bbb|osha|government|city|police|county|\
     attorney|health|epa|irs|ftc|fcc|tv|news|press|media|newspaper)",
    "(report|reporting) (you|your) (company|office|practice|people|guys|technician|dentist)? ~1 (if|for|to|\
     and|$|then|now|over|because)",
    "ombudsman",
    "ombudsperson",
    "regulator",
    "better business",
    "(bbb|b.b.b|hipaa|hippa|hipa|gdpr|ccpa|cfpb|osha)",
    "b b b",
    "hippo (violation|law|rules|complaint|breach)",
    "(licensing|licensure|dental|medical|nursing|state|health|review|plumbing|contractor) (board|authority|\
     inspector|department|licensing) ~3 (about|this|you|complaint|investigate|call|contact|report|hear|know|\
     to)",
    "attorney general",
    "consumer (protection|affairs|rights|council|advocate|agency|watchdog)",
    "(trading|advertising) standards",
    "(privacy|data|confidentiality) (breach|violation|protection|leak|law|complaint|rights|commissioner|\
     officer|authority|request)",
    "(breach|violation|invasion|violate|violated|break|broke|breaking) of? (my|our|the|patient|client|her|\
     his)? (privacy|confidentiality|confidential|hipaa|data)",
    "(leak|share|disclose|expose|give|sell|release|send|post|discuss|read|tell) ~3 (my|our|his|her|private|\
     personal|confidential|medical) (personal|private|medical|patient|confidential|health|dental|legal)? \
     (data|information|records|file|details|info|chart|history) ~2 (to|with|online|without|out|by|in)",
    "(someone|somebody|else) ~2 (got|get|received|saw|see|read|have|accessed) (my|our) ~1 (data|information|\
     records|file|chart|results|details)",
    "(delete|erase|remove) (all|my|every) ~1 (personal)? (data|records|information) -(from)",
    "(subject access|right to be) (request|forgotten)",
    "freedom of information",
    "(bar|law) (association|society) ~4 (complaint|report|know|hear|about|call|contact)",
    "(complaint|report|complain|grievance) ~3 (the|state) (bar|law) (association|society)?",
    "(discriminate|discrimination|discriminated) ~2 (against|me|complaint|because|by)",
    "(federal|civil|consumer) rights ~2 (violate|violation|complaint)",
];

const NOT_COMPLIANCE: &[&str] = &[
    "(hipaa|hippa|hipa|privacy|gdpr) (form|forms|release|paperwork|authorization|consent|policy|waiver|\
     notice|document)",
    "(sign|fill|email|fax) ~4 (hipaa|privacy)",
    "(pressure|gas|water|temperature|voltage|air|boiler|faulty|broken|flow|heat|regulator) regulator",
    "regulator (valve|is|on|broke|leak|replace|need|for|knob)",
    "discriminat ~3 (at work|employer|boss|job)",
    "(work|employer|boss|job|landlord) ~3 discriminate",
    "discriminate ~4 (work|employer|boss|job|landlord)",
];
