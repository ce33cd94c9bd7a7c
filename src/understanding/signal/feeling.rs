//! How a caller is, in their own words.

use super::guard::Guards;
use super::{Rules, SignalKind};

pub(super) const RULES: &[Rules] = &[
    Rules { kind: SignalKind::Distress, said: DISTRESS, unless: &[], guards: Guards::DENIED },
    Rules { kind: SignalKind::Distress, said: DISTRESS_WITH_NOT, unless: &[], guards: Guards::NONE },
    Rules { kind: SignalKind::Anger, said: ANGER, unless: NO_ANGER, guards: Guards::SPOKEN },
    Rules { kind: SignalKind::Impatience, said: IMPATIENCE, unless: NO_IMPATIENCE, guards: Guards::DENIED },
    Rules { kind: SignalKind::Confusion, said: CONFUSION, unless: NO_CONFUSION, guards: Guards::NONE },
    Rules { kind: SignalKind::Fear, said: FEAR, unless: NO_FEAR, guards: Guards::DENIED },
    Rules { kind: SignalKind::Rush, said: RUSH, unless: NO_RUSH, guards: Guards::NONE },
    Rules {
        kind: SignalKind::Embarrassment,
        said: EMBARRASSMENT,
        unless: NO_EMBARRASSMENT,
        guards: Guards::SPOKEN,
    },
    Rules { kind: SignalKind::WornOut, said: WORN_OUT, unless: &[], guards: Guards::NONE },
    Rules { kind: SignalKind::Sarcasm, said: SARCASM, unless: NO_SARCASM, guards: Guards::NONE },
    Rules { kind: SignalKind::Thanks, said: THANKS, unless: NO_THANKS, guards: Guards::DENIED },
    Rules { kind: SignalKind::Gladness, said: GLADNESS, unless: NO_GLADNESS, guards: Guards::DENIED },
];

const DISTRESS: &[&str] = &[
    "(i|we) (am|are|be|feel|was) ~2 (=desperate|=devastated|=heartbroken|=miserable|=helpless|=hopeless|\
     =distraught|=overwhelmed|=beside)",
    "(=desperate|=desperately|=devastated|=devastating|=distraught|=heartbroken)",
    "at ~1 (=wits|=wit) end",
    "(i|we|she|he) (am|be|have|was|is|been|keep|started) ~2 (=crying|=sobbing|=weeping)",
    "(=crying|=in tears|=sobbing)",
    "in tears",
    "(=begging|=beg) (you|someone|somebody)",
    "just help (me|us)",
    "please ~1 (help|somebody|someone) (me|us|help)",
    "(somebody|someone) (please)? help (me|us)",
    "(falling|fall|fell) apart",
    "(=agony|=unbearable|=excruciating)",
    "(terrible|horrible|awful|extreme|severe|so much|worst) ~1 pain",
    "(=in) (so|too) much pain",
    "(=nightmare|=ruined)",
    "(this|it) (is|be) an emergency",
    "breaking (down|point)",
    "end of my rope",
    "(really|so|very|extremely|too|quite|truly) ~1 (=upset|=sad|=hurt|=disappointed|=depressed)",
    "(i|we) (am|are|be) (=upset|=depressed|=disappointed)",
    "(=freezing|=suffering) (here|cold|to|in|all|with|and|$|without)",
    "(no one|nobody) (cares|helps|listens|will help)",
    "out of options",
];

const DISTRESS_WITH_NOT: &[&str] = &[
    "not know (what|where) (else)? (to|i) (do|turn|go|am|can) -(next with)",
    "can not (take|bear|stand|cope|handle|do|go on) ~2 (this|it|anymore|like|more|with|any|longer)",
    "not ~1 cope",
    "can not ~1 (sleep|eat|stop crying|function)",
    "(nobody|no one|nothing) ~1 (help|helps|helping|care|cares|listen|listens) (me|us|anymore|$)",
];

const ANGER: &[&str] = &[
    "(i|we|me|us|wife|husband) ~4 (=angry|=furious|=livid|=outraged|=fuming|=mad|=irate|=enraged|=seething|\
     =incensed|=infuriated|=pissed|=frustrated|=annoyed|=irritated) -(him|house)",
    "(=furious|=livid|=outraged|=fuming|=infuriating|=infuriated|=outrageous|=disgraceful|=appalling|\
     =appalled|=disgusted|=atrocious|=maddening)",
    "(so|very|really|extremely|pretty|getting|quite) (=angry|=mad|=frustrated|=annoyed|=upset|=irritated|\
     =frustrating|=annoying)",
    "(this|that|it|which) (is|be|was) ~4 (=ridiculous|=unacceptable|=disgrace|=joke|=disgusting|=absurd|\
     =insane|=pathetic|=insulting|=scandal|=unbelievable|=frustrating|=infuriating|=nonsense|=shameful|\
     =robbery|=scam|=crazy|=rubbish|=bullshit|=crap|=bull|=garbage|=insult|=theft|=annoying|=terrible|\
     =awful|=horrible)",
    "(=unacceptable|=ridiculous|=disgraceful|=unbelievable|=preposterous|=inexcusable)",
    "can not believe (this|it|you|that) -(is|was|day)",
    "(you|your) ~1 out of (your|the) (=mind|=minds)",
    "what kind of ~1 (business|company|place|service|office|practice|outfit|operation|firm|people) (is|are|be|do|would)",
    "(fed|fed) up",
    "sick (and|of) (tired|this|waiting|it|being|you|your|hearing|all)",
    "tired of (this|your|being|waiting|it|the) -(feeling)",
    "(had|have) (it|enough) (with|of|already|now)? ~1 (this|you|your|it|enough|$)",
    "enough is enough",
    "how dare (you|he|she|they)",
    "(are|be) you (kidding|joking|serious|fucking|freaking|having a laugh|for real) ~1 (me|kidding|right|\
     with|now|$)?",
    "(got|have|must) ~1 (to)? be (kidding|joking) (me)?",
    "(what|who|where|how|why) the (hell|heck|fuck)",
    "(worst|terrible|horrible|awful|lousy|pathetic|useless|shocking|abysmal|poor|dreadful|bad) ~1 (service|\
     company|experience|customer|business|treatment|place|practice|job|workmanship|office|outfit)",
    "never (use|using|call|hire|hiring|recommend|buy) ~1 (you|again|here|this|anyone|back)",
    "(=ripped|=ripping|=rip) (me|us|people|off|you) =off?",
    "(=scam|=scammed|=robbed|=cheated|=swindled|=con) (me|us|people|out|by)?",
    "(should|ought) ~2 be ashamed",
    "(ashamed|shame) (of|on) (yourself|yourselves|you)",
    "(waste|wasted|wasting) (of)? ~1 (my|our|time|whole|entire) ~1 (time|day|morning|afternoon|money|\
     evening)",
    "(you|your|company|this|that|office|people|guys) ~3 (=incompetent|=useless|=unprofessional|\
     =incompetence|=a joke)",
    "(=incompetence|=negligence|=unprofessional|=incompetent)",
    "(=hate|=hated) (this|your|dealing|these|that|the way|it when)",
    "(piss|ticks|ticked|pisses) (me)? off",
    "(makes|making|make|drives|driving|drive) me ~1 (angry|mad|crazy|furious|nuts|insane|sick|so)",
    "(lied|lying|lie) to (me|us)",
    "(losing|lost|lose) my (patience|temper|mind|cool)",
    "i (demand|insist)",
    "no (excuse|excuses) (for)?",
    "(are|be) you even (listening|hearing|there)",
    "for the love of god",
    "(what|why) ~1 (is|are) wrong with (you|your)",
    "(i|we) (am|are) (done|through|finished) with (you|this|your|it)",
    "(cancel|cancelling) everything",
    "(do|will) not (lie|patronize|give me|tell me) ~2 (to|me|that|excuses|calm)",
    "(thieves|crooks|liars|clowns|scammers)",
    "(screw|screwed) (me|us|this|up|it|over)",
    "this sucks",
    "(unhappy|dissatisfied|displeased)",
];

const NO_ANGER: &[&str] = &[
    "(is|was|be) ~1 (mad|angry|upset) (dog|cat|teenager)",
    "mad about ~1 (it|him|her) in",
    "(crazy|mad) (busy|rush)",
    "(make|making) ~1 (sick|nuts) (leave|day)",
    "call in sick",
    "not (be|want|trying|try|mean) ~2 (to)? ~1 (angry|rude|difficult|mad)",
    "enough (is|of) (it)? (left|water|heat|time)",
    "(insurance|legal) (scam|fraud) (case|lawyer)",
    "(car|boat) horrible",
    "(terrible|horrible|awful|bad) (pain|toothache|headache|cold|cough|leak|smell)",
    "(noise|sound|sounds|smell|pain|toothache|headache|weather|leak|rash|infection|cold) ~3 (terrible|\
     horrible|awful|crazy|insane|annoying)",
    "be (scammed|robbed|cheated) (by|on|out) ~2 (my|a|an|someone|contractor|ex|phone|online)",
];

const IMPATIENCE: &[&str] = &[
    "(right|straight) (now|away|this) (minute|second|instant)?",
    "(=immediately|=instantly|=urgently)",
    "(as)? soon as (possible|you can|humanly)",
    "(how) much (longer|more time)",
    "how long (do|am|will|must|is|does|until|before) ~3 (wait|waiting|take|hold|i|this|it)",
    "=hurry -(for|no)",
    "(been|am|be|have|was|were|sitting|kept|keep|=still|tired of|sick of|left) ~2 (=waiting|=holding|=on \
     hold) ~2 (for|since|on|all|forever|too|here|hours|days|weeks|long|over|more|an|two|three|so|$|to)",
    "on hold (for|since|all|forever|again|so|too)",
    "(=waited|=wait) ~3 (=hours|=hour|=days|=weeks|=months|=forever|=minutes|=ages|=long|=all day|=enough)",
    "(wait|waiting) (all|forever|since|too|around|any)",
    "get on with it",
    "(cut|get) to the (chase|point)",
    "not ~1 have all (day|night|morning|afternoon)",
    "(=fast|=faster|=quick|=quickly|=sooner) (as|possible|please|than|$)",
    "what is taking (so|you|this)",
    "(need|want|must|has|have) ~4 (=today|=tonight|=now|=asap|=soonest) -(because my)",
    "(come|send|fix|somebody|someone|call|out|here) ~3 (=today|=tonight|=now) -(if)?",
    "(taking|takes|took|take) (so|too|way|this) (long|much time|too long)",
    "(taking|takes|took|take) (forever|ages)",
    "(lost|losing|lose|out of|running out) ~2 patience",
    "(finally|already) (send|fix|do|tell|get|answer|going) -(told|called|sent)",
    "(when|why) ~3 (=finally|=ever|=take) (so|going|come|get|fix|send)?",
    "(=urgent|=emergency appointment)",
    "(do|get) it (now|today|already)",
    "(just|please) (get|do|send|fix|come) ~3 (=now|=already|=today)",
];

const NO_IMPATIENCE: &[&str] = &[
    "(no|not|nothing) ~1 (hurry|rush|urgent|urgently)",
    "not ~3 (today|right now|immediately)",
    "(take|taking) your time",
    "can not wait to (see|meet|hear|try|visit|get)",
    "(i|we) (am|be|are) ~1 (in|at|on) ~2 right now",
    "right now (i|we|it|the|my|is|am)",
    "(live|work|pay|have|use|be|am|is|are) ~3 right now $",
    "(call|calling) ~2 today (to|about|because|with|regarding|for)",
    "how (are|is|be) you ~2 (today|tonight)",
    "(doing|day|date) today",
    "happened (today|right now|immediately)",
    "(started|stopped|broke|noticed|arrived|came|got|received|woke) ~4 (today|tonight|immediately|right \
     away)",
    "(immediately|right) (after|before|side|hand|tooth|when|there|next)",
    "as soon as (i|he|she|it|we|they|the|my)",
];

const CONFUSION: &[&str] = &[
    "(i|we|me|am|be|so|very|really|bit|little|totally) ~2 (=confused|=puzzled|=bewildered|=baffled|=muddled)",
    "(=confusing|=confuses|=confused)",
    "not (really|quite|even|fully)? ~1 (understand|follow|get) (what|why|how|this|that|it|you|any|the|a|$|\
     all|which|anything) -(back|call|chance|my|appointment|new)",
    "(i|we) (am|be)? ~1 not ~1 (following|understanding|understand|follow)",
    "(make|makes|making) (no|zero|any|little) sense",
    "(not|does not) make ~1 sense",
    "(i|we) (am|be) ~2 =lost $",
    "(i|we) (am|be) ~2 =lost (here|now|i|can|with|what|sorry)",
    "you lost me",
    "(no|any) (idea|clue) (what|how|why|who|which|where|about)",
    "(what|which) (do|did|does|are|would) you mean",
    "what (does|do|is) (that|this|it) mean",
    "(not|un) ~1 sure (what|which|how|who|why|where|if) (i|you|to|this|that|it|is|any|one|we|am)",
    "unsure (what|which|how|who)",
    "can you explain",
    "not know (if|whether) (i|we) ~3 (right|wrong) (place|number|person|people)",
    "(forgot|forget|forgotten) what (i|we) (was|were|wanted)",
    "(mixed|mix) ~1 up",
    "not know (how|which|why|what) ~2 (work|works|means|this|it|that|one|any|you|is|for|form|to)",
    "(what|how) (am|are) (i|we) (supposed|meant) to (do|know|understand|fill|press|say)",
    "(wait|sorry|hang) (what|which|how|huh) $",
    "(over) my head",
    "too (complicated|complex|many options)",
    "which (number|one|form|department|person) (do|am|is|should|did)",
    "not clear (to|what|why|how|about|on)",
    "(unclear|incomprehensible)",
    "slow down",
];

const NO_CONFUSION: &[&str] = &[
    "(no|not) (confusion|confused)",
    "(you|he|she|they|your) ~2 (do|did) not understand",
    "(i|we) not know (what|where) (else)? (to) do",
    "(she|he|mother|father|patient|grandmother|dad|mom) (is|be|seems|was|got) ~2 confused",
];

const FEAR: &[&str] = &[
    "(=scared|=frightened|=terrified|=petrified|=horrified|=panicking|=panicked|=terrifying|=frightening|\
     =scary|=dread|=dreading)",
    "(=afraid) (of|to|for|the|my|she|he|something|someone|this)",
    "(so|really|very|quite|too|bit|little|also|always) =afraid",
    "(i|we|be|am|are|little|bit|so|very|really|get|getting|feel|feeling|got|quite|wife|husband|extremely|\
     =is) ~1 (=worried|=nervous|=anxious|=uneasy|=concerned|=panicky|=spooked)",
    "(=worried|=worry|=worries|=worrying) (about|that|sick|me|to|it|something|this|$)",
    "panic (attack|attacks|mode)",
    "(=freaking|=freaked|=freak) (me)? out",
    "(what|fear|fearing) if (it|he|she|something|i) ~3 (die|dies|explode|explodes|worse|serious|cancer|\
     happens|blows|burns|collapse|lose)",
    "(is|are) (it|this|we|that) ~1 (=dangerous|=safe) (to|for|here|in)?",
    "(not|dont) feel safe",
    "(fear|fears) (for|of|that) (my|our|the|it)",
    "(i|we) fear",
    "(anxiety|phobia)",
    "(shaking|trembling) -(noise|hands with)?",
];

const NO_FEAR: &[&str] = &[
    "(be|am) afraid (i|we|not|so|that|you|it|there|he|she|they|the)",
    "(no|not|never) ~1 (worry|worries|worried|concerned|afraid|scared|nervous)",
    "(as far|where) ~2 concerned",
    "(boiler|machine|washer|furnace|pipe|car|dryer|pump|engine|heater|unit|house) ~3 (shaking|trembling)",
    "(shaking|trembling) ~1 (boiler|machine|washer|furnace|pipe)",
];

const RUSH: &[&str] = &[
    "(=in|=such) ~2 (=hurry|=rush)",
    "(make|keep|be|have to be|do) (it|this|that)? (=quick|=fast|=short|=brief) -(as|of)",
    "(only|just) (have|got) ~3 (=minute|=minutes|=second|=seconds|=moment)",
    "(not|no|little) ~1 (have|got)? ~1 (much|a lot of|lots of|any|enough|that much|the)? ~1 =time (for|to|\
     right|now|left|$|today|here|at) -(slot|soon)?",
    "(=short|=pressed|=tight|=strapped) (on|for) time",
    "(have|got|need) to (=go|=run|=leave|=hang|=head|=dash) (=in|=soon|=now|=up|=out|=off|right|$|pretty|\
     back|to) -(to the dentist)?",
    "(battery|phone) ~2 (about|is|running|almost|nearly) ~2 (die|dying|dead|low|out)",
    "(low|dying|dead) battery (on|so)?",
    "(percent|%) (battery|left|on my)",
    "(on|at|during) (my|a) ~1 (lunch|coffee|short)? =break",
    "(am|be|are|=im) ~1 (=running|=already) =late",
    "(am|be) (on|at) (my|the) way (to|out)",
    "(train|bus|flight|plane|meeting|class|shift|taxi|cab|boarding|uber) ~3 (=leaves|=leaving|=starts|\
     =starting|=in|=is|=coming|=boarding|=about) ~1 (=in|=five|=ten|=two|=now|minutes|soon|here|boarding|\
     leaving|to|leave)",
    "(am|be) (=driving|=boarding|=at work|=about) ~1 (to|right|now|so|here|at|and) ~1 (leave|board|go|start|\
     run)?",
    "(am|be) ~1 (walking|heading|running|stepping|rushing) (into|out|to) -(the problem)",
    "(double|illegally) parked",
    "(can|could) (you|we) ~2 (=quick|=quickly|=fast|=brief|=speed)",
    "(=rushing|=rushed|=pressed)",
    "quick (as|question) (you|possible|because)",
];

const NO_RUSH: &[&str] = &[
    "(no|not|never) ~3 (hurry|rush|rushed)",
    "take your time",
    "(=no|any|what|which|another|different|better|first|second|third|last|this|next|some) =time (slot|\
     available|work|works|to meet|for me)",
    "rush hour",
    "(not|without) ~1 (in)? ~1 rush",
    "(for|at|by) the time",
    "(have|need|got) to (go|run) (to|through|over|back) ~2 (dentist|hospital|court|doctor|bathroom|house)",
    "(hot|keep|kept|tap|water|toilet|boiler|furnace|tank|heater|fan) ~4 (run|running) (out|late|now)",
    "(water|rushing) water",
    "(blood|air|water) ~1 rushing",
    "rushing ~1 (water|sound|noise|out)",
    "(technician|plumber|he|she|they|appointment|payment|you|doctor|dentist|guy) ~3 running late",
];

const EMBARRASSMENT: &[&str] = &[
    "(=embarrassed|=embarrassing|=ashamed|=embarrasses|=mortified|=humiliated|=humiliating|=sheepish)",
    "(feel|feeling|felt|seem|sound) ~3 (=stupid|=dumb|=silly|=foolish|=idiot|=ridiculous|=bad|=guilty) \
     (about|for|asking|that|but|because|saying|calling|even|$|to|i)",
    "(=stupid|=dumb|=silly|=foolish|=dumbest|=stupidest|=weird) ~1 (=question|=mistake|=thing to ask)",
    "(sorry|hate|hating|do not want|not want|not mean|feel bad) ~2 (to|for) ~1 (=bother|=bothering|=trouble|\
     =troubling|=disturb|=ask|=impose|=burden) -(the|my|anyone|anybody|him|her)?",
    "(be|am|is) ~2 (awkward|humiliating|shameful) -(angle|position|place|spot)?",
    "(my|own) (own)? (stupid|dumb|silly|bad|fault|stupidity|mistake) ~1 (fault|mistake|i|really|$)",
    "(i|me) (am|be|was|have been) ~1 (=such|=so|=a|=an|=being) ~2 (=idiot|=fool|=stupid|=moron|=klutz|=dumb|\
     =silly|=dummy)",
    "(hard|difficult|uncomfortable|awkward) ~1 (to|for|me) ~2 (=admit|=say|=talk about|=ask|=tell)",
    "(not) ~2 proud of",
    "(promise|do|please) not ~1 (laugh|judge)",
    "(shy|self conscious|conscious) about",
    "(=delicate|=sensitive|=private|=intimate) (=matter|=problem|=issue|=subject|=question)",
];

const NO_EMBARRASSMENT: &[&str] = &[
    "(you|your|they|company|should|people|boss|owner) ~4 (ashamed|embarrassed|embarrassing|embarrassment)",
    "(=not|nothing) ~2 (my|own) ~1 (fault|mistake)",
    "(ask|asking) ~1 (question|stupid) questions",
    "you ~5 (stupid|dumb|silly) (question|questions)",
    "(your|these|those|more) (stupid|dumb|silly) (question|questions)",
];

const WORN_OUT: &[&str] = &[
    "(everyone|everybody|each|every) ~3 (=tells|=told|=says|=said|=gives|=gave|=telling|=saying|=has|=tell|\
     =say|=give) ~3 (=different|=something|=else|=another|=contradict|=otherwise)",
    "(every|each) ~7 different (answer|story|thing|information)",
    "different (answer|answers|story|stories|things|thing|information|info|person|advice|response|\
     explanation|number|numbers|price|prices|date|dates) ~3 (every|each|from|everyone|everybody|again|all|\
     depending|time|whenever)",
    "(keep|keeps|kept|always|constantly|just) ~2 (getting|get|be|being|send|sending|told|telling|hear|\
     hearing|given|giving) ~2 (different|conflicting|contradictory|passed|transferred|bounced|shuffled|\
     pushed|runaround|around|from)",
    "(=passed|=bounced|=shuffled|=shunted|=pushed|=kicked|=tossed|=handed|=transferred|=sent|=passing|\
     =bouncing|=sending|=transferring) (me|us)? ~1 (=around|=from|=back and|=between|back) ~3 (=to|=person|\
     =department|=one|forth|$)?",
    "(=passed|=bounced|=shuffled|=sent|=transferred) (me|us)? (=around|=from|=between)",
    "pillar to post",
    "(runaround|run around)",
    "(go|going|run|running|talk|talking|went) ~1 (round|around)? =in circles",
    "(go|going) (round|around) and (round|around)",
    "(one|first) (person|guy|man|woman|lady|of|technician|one|girl|doctor|agent) ~5 (=says|=said|=tells|\
     =told|=say|=promise|=promised) ~12 (=other|=another|=next|=second|=else|=one)",
    "(=nobody|=no) ~4 (left|right) hand",
    "left hand ~6 right",
    "(=conflicting|=contradictory|=contradicting) (information|answers|stories|things|advice|info|messages)",
    "(explain|repeat|tell|say|told|start|go) ~4 (=again|=all over|over) and (=again|=over)",
    "(=explain|=repeat|=explaining|=repeating|=retell|=explained|=repeated|=tell|=telling) ~3 (=story|=this|\
     =myself|=everything|=it|=same|=situation) ~3 (=every|=each|=again|=over|=ten|=hundred|=everyone|\
     =everybody|=twice|=times|=new|=somebody|=someone|=five|=three|=four)",
    "(have|had|having) to ~1 (=explain|=repeat|=start) ~3 (=again|=all over|=every|=over|=scratch|\
     =beginning)",
    "(=exhausted|=exhausting|=drained|=draining|=burned out|=burnt out|=weary|=fatigued)",
    "(i|we) (am|be|are) ~3 (=worn|=wiped|=burned|=burnt) (out|down)",
    "(=worn) (me|us)? (out|down)",
    "(i|we) (am|are|be) ~2 (so|just|very|really|dead|too|sick and|getting|beyond) =tired",
    "(tired|sick|weary) of (explain|repeat|call|chase|be|argue|wait|tell|hear|fight|deal|ask|follow|get)",
    "(no one|nobody) ~1 (know|seem|can|will|could|would|able|ever|want|take|has) ~4 (=anything|=answer|\
     =straight|=doing|=responsible|=responsibility|=idea|=clue|=tell|=knows|=explain|=talking)",
    "(=give|=giving|=gave|=given) up (on|trying|hope|calling|$)",
    "(=no|=any|a) straight answer",
    "(getting|get|got|gets) nowhere",
    "(talk|talking|talked|spoke|spoken) ~2 (to|with) (=three|=four|=five|=six|=ten|=several|=many|\
     =different|=3|=4|=5|=6|=so|=countless|=multiple|=half) ~2 (=people|=persons|=departments|=agents|\
     =different|=representatives|=persons)",
    "not have ~1 (energy|strength)",
];

const SARCASM: &[&str] = &[
    "(thanks|thank you) ~2 for nothing",
    "^ ~1 (oh|well|wow|ah|great|yeah) (=great|=wonderful|=fantastic|=perfect|=brilliant|=lovely|=terrific|\
     =fabulous|=marvelous|=super) ~1 (just|another|now|so|more|what|that|exactly|here|well|=simply|yet)",
    "(oh|=is|=well|great|wonderful|^) (=just|=simply|=absolutely) (=great|=wonderful|=perfect|=fantastic|\
     =brilliant|=lovely|=terrific|=marvelous|=peachy|=dandy) (just|now|so|is|$|that|another)",
    "^ (=just|=simply) (=great|=wonderful|=perfect|=fantastic|=brilliant|=lovely|=terrific|=peachy) ~1 $",
    "(that|this|which|it) (is|was|be) (=just|=simply) (=great|=wonderful|=perfect|=fantastic|=brilliant|\
     =lovely|=terrific|=marvelous|=peachy)",
    "how (=convenient|=lovely|=nice|=kind|=thoughtful|=generous|=wonderful) (of|is|for|$|that) ~1 (you|them|\
     that|him|$)?",
    "(some|big|great|lot of|huge|real) help (you|that|this) (are|is|were|was|be|guys)",
    "(fat|lot|much) ~1 (lot|of) good (that|this|it|you)",
    "(oh|what) (joy|a surprise|a shock)",
    "what a (surprise|shock|coincidence) -(to hear|gift)",
    "(well|oh|gee|now) (is|=isnt|=be) not (that|this) (just|nice|great|special|lovely|wonderful|convenient|\
     perfect)",
    "(a|what a|real) (real)? (treat|bargain|genius|geniuses) (you|that)",
    "(oh|yeah) (=sure|=right) (you|because|like|and|that|as)",
    "(like|as if) (you|that|anybody|anyone) (care|cares|would help|will happen|help)",
    "(keep|keep) up the good work (not|guys $)",
    "(=bravo|slow clap)",
    "(congratulations|congrats) (you|on) (just|managed|lost|finally|ruining|losing)",
    "gee thanks",
    "thanks a lot (you|for making|for ruining|for wasting|buddy|pal)",
    "(very|real|so|really) (helpful|funny|professional|classy|smart|clever) (not|=huh)",
];

const NO_SARCASM: &[&str] = &[
    "(oh|well|wow|ah|yeah) ~1 (great|wonderful|perfect|fantastic|brilliant|lovely|terrific) ~2 (thank|\
     thanks|yes|that works|works|appreciate)",
    "(just|simply|absolutely) (great|wonderful|perfect|fantastic|brilliant|lovely) ~2 (thank|thanks|work|\
     appreciate|for me|how|service|staff|dentist)",
    "(is|be|was) (just|simply) (perfect|great|lovely) ~1 (for|thank|thanks|with|time)",
    "(oh|yeah) (sure|right) (you|that|and) ~1 (can|have|number|is|works|are|would|it)",
    "how (nice|kind|lovely|thoughtful|wonderful) ~4 (thank|thanks)",
];

const THANKS: &[&str] = &[
    "(=thanks|=thank|=thankful|=grateful|=cheers|=thx) (you|so|a|very|for|again|ever|much|everyone|dear|bye|\
     to|that|and|i|$)?",
    "(appreciate|appreciated|appreciates) (it|that|you|your|the|this|all|everything|any|very|$|so)?",
    "(you|been|was|are|is|be) ~2 (=helpful|=kind|=lifesaver|=wonderful)",
    "(much|most) (obliged|appreciated)",
];

const NO_THANKS: &[&str] = &[
    "(thanks|thank) ~3 for nothing",
    "=thanks to (you|your|him|her|them|that|this|the)",
    "no (thanks|thank)",
    "(gee) thanks",
    "(would|=be|will|could) ~2 (appreciated|appreciate|grateful|helpful|kind|thankful) (if|it|to|you)?",
    "(not|never|un) ~2 (helpful|kind|appreciate|grateful|thankful)",
    "(be|=is|are) ~1 (kind|wonderful) of",
    "no ~1 (appreciation|thanks)",
];

const GLADNESS: &[&str] = &[
    "(i|we) (am|are|be|feel) ~2 (=happy|=glad|=delighted|=thrilled|=excited|=overjoyed|=relieved|=pleased)",
    "(=so|=very|=really|=extremely) (=happy|=glad|=delighted|=thrilled|=excited|=relieved|=pleased)",
    "(that|this|it) (is|be) ~1 (=wonderful|=fantastic|=amazing|=great|=brilliant|=perfect|=awesome|=excellent|\
     =lovely)",
    "(=wonderful|=fantastic|=amazing|=brilliant|=perfect|=awesome|=excellent|=hooray|=yay) $",
    "(=good|=great|=wonderful|=amazing|=best|=fantastic) =news",
    "(made|make) my day",
    "can not wait to (see|meet|hear|try|visit|get)",
    "(i|we) (=love|=loved) (it|that|this|your|the|how|you)",
    "(looking|look) forward to",
];

const NO_GLADNESS: &[&str] = &[
    "(=not|=never|=would|=will|=if) ~3 (=happy|=glad|=delighted|=thrilled|=excited|=pleased|=great|=wonderful|\
     =perfect|=good)",
    "(that|this|which|it) (is|was|be) (=just|=simply)",
    "^ (=just|=simply|=oh|=well) (=great|=wonderful|=perfect|=fantastic|=brilliant|=lovely)",
    "(=not|=never) ~2 (look|looking|love)",
];
