//! Promises, offers and gifts: what commits the business, and whether the playbook has it.

use std::sync::LazyLock;

use super::pattern::{Patterns, Token};
use super::permitted::detail;
use super::table::is_reported;

/// Words that commit somebody to something.
const COMMITS: &[&str] = &[
    "see ~ to ~ it|that",
    "it|that|this|he|she|they|technician|somebody|someone|boiler|everything|refund|repair|appointment|dispatcher|plumber|dentist ~ should ~ be|arrive|come|call|get|work|reach|have ~ fixed|ready|done|there|with|back|here|able|sorted|over|resolved|working|a|you|by|within|in|to|at|soon|today|tomorrow|again|finished|your|it|on ..1",
    "no later than",
    "at the latest",
    "leave ~ it|that|this|everything ~ to|with ~ me|us",
    "consider ~ it|that ~ done|fixed|sorted|settled",
    "done ~ deal",
    "by ~ all ~ means",
    "it ~ is ~ a ~ deal|promise|date",
    "you ~ are|is ~ entitled|guaranteed|getting|due ~ to|a|the|your|compensation",
    "within ~ the? ~ a|an|one|two|three|five|ten|fifteen|twenty|thirty|next|hour|minutes|day|week|half ..1 hour|hours|minute|minutes|day|days|week",
    "in ~ a|an|one|two|three|five|ten|fifteen|twenty|thirty|half|under ..1 hour|hours|minute|minutes",
    "in ~ no ~ time",
    "right|straight ~ away",
    "immediately|asap|pronto|shortly|instantly",
    "first ~ thing ~ in|tomorrow|monday|on",
    "i|we|they|he|she ~ intend|plan|aim|expect|hope ~ to",
    "i|we|they|he|she|you ~ will|shall",
    "will",
    "i|we|they|he|she|it|you|who am|are|is ~ going to",
    "is|are|am ~ going to",
    "is|are ~ bound|sure|certain|about|due|set|scheduled|supposed? to ~ be|come|arrive|call|get|have|fix|solve|happen",
    "i|we can|could",
    "what|all|everything i|we can|could",
    "our|the ..3 can|could ~ come|be|do|fix|give|offer|get|see|send|start|waive|refund|squeeze|fit|take",
    "i|we would be ~ happy|glad|pleased|delighted|able to",
    "i|we am|are ~ happy|glad|pleased|able|ready|willing|prepared to",
    "would you like ~ me|us|someone|somebody|our|the|a ~ to",
    "would you like ..6 to ~ call|come|send|visit|fix|repair|waive|give",
    "let me",
    "let us ~ give|offer|send|get|book|make|take|refund|waive",
    "i|we ~ promise|guarantee|assure|swear|vow|commit|pledge|undertake",
    "guarantee*",
    "a|our|my|solemn promise",
    "^ promise",
    "you have my ~ word",
    "my ~ word",
    "count|depend|rely on it|us|that|me",
    "trust me|us",
    "no doubt",
    "without ~ fail|doubt",
    "you ~ get|receive",
    "is|are|am ~ on ~ his|her|their|its|the|our|my way",
    "help is ~ coming|on",
    "technician|plumber|engineer|dispatcher|dentist|doctor|lawyer|attorney|somebody|someone|he|she|they|team|crew|expert|specialist|ambulance|driver|manager|office|colleague|van ~ is|are ~ coming|arriving|leaving|calling|heading|driving|working",
    "technician|plumber|engineer|dispatcher|dentist|doctor|lawyer|attorney|somebody|someone|he|she|crew|specialist|driver ~ comes|arrives|calls|visits|fixes|repairs",
    "i|we am|are ~ sending|arranging|booking|refunding|crediting|cancelling|canceling|waiving|scheduling|dispatching|getting|giving|fixing|replacing|offering|approving|upgrading|removing|moving|putting|bringing|ordering|processing|rescheduling|reserving|making|changing|deleting|extending",
    "i|we have ~ booked|refunded|cancelled|canceled|credited|waived|sent|scheduled|arranged|reserved|dispatched|approved|fixed|resolved|upgraded|rescheduled|removed|moved|ordered|processed|deleted|extended|settled|confirmed|organised|organized|closed|given",
    "i|we ~ booked|refunded|cancelled|canceled|credited|waived|rescheduled|reserved|dispatched|approved|resolved|upgraded|fixed ~ it|that|this|you|your|the|a",
    "you are ~ booked|confirmed|covered|approved|next|first|all? ~ set|in|on ~ the? ~ list|in|for|$",
    "you are ~ all set|sorted",
    "is|are|been ~ approved|confirmed|booked|refunded|waived|resolved|fixed|reserved|scheduled|guaranteed|processed|granted ~ for|at|now|already|$",
    "is|are|been ~ all? ~ taken care of",
    "is ~ sorted|resolved|solved|fixed $",
    "no ~ problem i|we|they|he|she|it|that|somebody|someone|our",
    "expect ~ him|her|us|them|a|our|the|somebody|someone|it|your",
    "look forward to ~ a|his|her|your",
    "front of the ~ queue|line|list",
    "top of the ~ list|queue|line|pile",
    "jump the queue",
];

/// Sayings that commit nobody, or only to what the receptionist does in the talk.
const HARMLESS: &[&str] = &[
    "call|try ~ us? ~ again|back in ..3 minutes|minute|hour|hours",
    "will you",
    "if|unless|until|when|once|whether|that it|that|this|you|nobody|none|somebody|anybody|anyone|someone will",
    "i|we ~ can|could not",
    "than|before i|we can|could",
    "what|when|which|where|who|how ..4 will ~ i|you|it|that|they|he|she",
    "you ~ get|receive a|any|no|the ~ message|call|reply|answer|chance|recording|notice|engaged",
    "did|do|if|when|until|before|where|how|that|unless|should|could ~ you ~ get|receive",
    "so|and|when|since|that|because ~ you ~ get|receive no|nothing|only",
    "you ~ get|receive ~ no|nothing",
];

/// What the receptionist may always say it does in the talk; `>` covers the rest of the clause as well.
const OWN_ACTS: &[&str] = &[
    "write|note|take|put|jot|get|have ~ this|that|it|them|these|those|everything|all|both ~ of? ~ it|that|this? ~ down >",
    "write|note|take|put|jot ~ down >",
    "write|note|take ..6 down >",
    "note that|it|this|what|how|your|everything >",
    "make|making|made a ~ note|record >",
    "add ~ it|that|this|them|what|your|a ..4 to ~ your|the|my note|notes|message|record >",
    "add|include|keep|mark ~ it|that|this ~ as? ~ urgent? as? ~ well?",
    "take ~ a|your|down|the ..2 message|note|notes|details|name|number|address|words|statement >",
    "take it from there",
    "take ~ one|it|this|that|things ~ thing|step|one|matter|at|by >",
    "use ~ that|this|the|your ~ one|number|name",
    "ask you >",
    "ask|need ~ a|one|two|you ~ few|couple|short|quick|more? ~ question|questions|thing|things >",
    "tell you ~ what|who|when|how|why|exactly >",
    "tell|let|ask ~ them|him|her ~ know|that|about|what|how|why|everything|this|it >",
    "tell|ask ~ our|the ..3 know|that|about|what|how|why|everything|this|it >",
    "read|repeat|say|spell|go ~ it|that|this|them|those|through|over|back|all|once|your|the|you >",
    "wait >",
    "listen >",
    "hear|understand|imagine >",
    "see ~ how|why|what|your|from|the >",
    "help $",
    "help you? ~ today|now|best|with? ~ that|this|it? $",
    "help you ~ with >",
    "stay ~ on|here|with >",
    "be ~ quick|brief|short >",
    "keep ~ it|this ~ short|brief >",
    "explain ~ it|that|this|what|how|why|again|once >",
    "start|begin ~ with|again|over|from|at|there|here|$ >",
    "go ~ on|through|back|step|slowly|one|over|slower >",
    "speak ~ slower|slowly|up|louder >",
    "correct|change ~ it|that|this|the|your ~ number|name|note|spelling|address|entry? $",
    "end ~ the|this call ~ now?",
    "leave ~ it|that ~ out|there|open",
    "pass|hand|bring|give|forward ~ this|that|it|everything|your|the ..2 on|along|over|to >",
    "pass ~ on ~ what|your|this|that|everything >",
    "look ~ at ~ one|it|that|this >",
    "check ~ that|whether|if|your|the|again ~ i|your|the|spelling|number|name >",
    "make ~ sure|certain ~ that? ~ i|they|he|she|it|this|that|your|our|the|everybody ..3 have|has|know|knows|see|sees|hear|hears|read|reads|reach|understand|understood >",
    "make ~ sure|certain ~ that? ~ nothing|it|this|that|you ~ is|gets|are ~ not? ~ lost|written|forgotten|missed|read|heard|down >",
    "reach you >",
    "make ~ it|this ~ quick|short|brief|easy >",
    "find ~ the|a ~ fastest|best|right|quickest|shortest ~ way|person|place >",
    "call you back on|at? ~ that|this|it|which|the ~ number? $",
    "someone|somebody|a ~ person? to? ~ call ~ you ~ back ~ as|soon? ~ soon|as|possible? as? possible?",
    "a|someone|somebody person? call ~ you ~ back?",
    "leave ~ a ~ message",
    "would you like|prefer",
    "do ~ this|that|it ~ step|together|one|quickly|slowly >",
    "do ~ for ~ you ~ now|today|here|right? ~ now? is",
    "do ~ now|today|here|right|is ~ now? ~ is?",
    "call ~ will ~ be ~ written|recorded|noted|typed|kept >",
    "everything|this|that|it|call|conversation|message ..3 will ~ be ~ written|recorded|noted|typed|passed|read|kept|in|on|down|all|part|enough|quick|short|fine >",
    "that ~ will ~ do",
    "message|note|words|request ~ will ~ be ~ read|passed|there|on|with|in|heard >",
    "you ~ will ~ not ~ have|need ~ to >",
    "so ~ that ~ nothing|nobody|you|they >",
    "you ~ will ~ need|want|find|be ~ asked|to|that|it|the|your|a|able >",
    "they|he|she ~ will ~ have|see|know|read|get|hear|find ~ your|this|that|it|the|what|all|everything|about|how ~ note|notes|message|whole|details|story|you|happened|call|words|here|name|number|number|before|first|already? >",
    "they|he|she ~ can ~ reach|see|read|hear|have|know >",
    "not ~ keep|take ~ you ~ long|much|any >",
    "be ~ able ~ to ~ reach >",
    "happy|glad ~ to ~ help|wait|listen|take|write|repeat|note|hear|read ~ it|that|this|a|down|again|you|everything|with? ~ message? ~ down? >",
    "use ~ that|this ~ number",
    "have ~ your|that|it|this|the ~ name|number|address|message|note|everything|down|on ~ here|right|down >",
];

/// Words that promise nothing by themselves.
const FILLERS: &str = " a an the this that these those it its i me my you your yours we us our ours they them their he him his she \
    her and or but so then if when while because as of to in on at for from with by about is are am was were be been do does did \
    have has had not no yes yeah please also just only too there here what which who whom whose how why all right okay ok \
    good fine well now sorry thank thanks very course sure certainly gladly of let say again mr mrs ms dr sir madam ma'am any \
    some one first once next time back course today really instead ";

/// Gifts of money, whoever gives them.
const GIFTS: &[&str] = &[
    "free of ~ charge|cost|any",
    "for ~ free",
    "at|without|with ~ no ~ extra|additional|further? ~ charge|cost|fee|expense",
    "at ~ our|my|no ~ own? ~ expense|cost",
    "without ~ any|extra|additional? ~ charge|cost|fee",
    "no ~ charge|cost|fee|fees|charges|extra|bill|strings",
    "will|would|does|do|should|shall ~ not ~ cost|charge|owe|pay|bill ~ you|a|anything|us|for|$",
    "do|will|would ~ not ~ have|need ~ to ~ pay",
    "you ~ owe ~ us? ~ nothing",
    "free ~ visit|repair|appointment|consultation|check|checkup|service|part|parts|replacement|delivery|inspection|month|year|cleaning|quote|estimate|session|hour|whitening|upgrade|of",
    "visit|repair|appointment|consultation|check|checkup|service|part|parts|replacement|delivery|inspection|that|this|it|cleaning|everything|first|hour|call ~ is|will|would|are|comes ~ be? ~ free $",
    "visit|repair|appointment|consultation|check|checkup|service|part|parts|replacement|inspection|cleaning|everything|hour ~ is|will|would|are|comes ~ be? ~ free",
    "complimentary|gratis",
    "on ~ the ~ house",
    "on ~ us $",
    "your|the|all|full|some|his|her money ~ back",
    "money ~ back",
    "i|we|they|he|she|office|manager|desk|team|will|can|could|shall|to|gladly|happily|let|me refund|reimburse|compensate|waive|credit|discount ~ you|it|that|this|the|your|half|all|everything|any|$",
    "refunded|reimbursed|compensated|waived|credited ~ to|in|within|by|today|tomorrow|now|already|for|$",
    "refund|reimbursement|compensation ~ is|has|was ~ approved|processed|on|coming|yours|been|issued|confirmed|guaranteed|due",
    "get|gets|getting|give|giving|offer|offering|issue|issuing|receive|receiving|have|process|processing|arrange|approve|authorize|authorise|send|grant|like|want|entitled|owe ..4 refund|refunds|reimbursement|compensation|discount|voucher|vouchers|coupon|rebate",
    "get|gets|getting|give|giving|offer|offering|issue|receive|apply|add ..3 gift|store|account ~ card|credit",
    "a ~ credit|discount|voucher|coupon|rebate|refund ~ of|for|on|towards|and|$",
    "percent|% off",
    "off ~ your|the ~ next? ~ bill|invoice|visit|price|fee|total",
    "half ~ price|off",
    "knock|take|deduct|subtract ..5 off|from ~ your|the ~ bill|invoice|price|total",
    "your ~ bill|invoice|fee|account|balance|debt ~ is|will|has ~ be|been? ~ cancelled|canceled|cleared|waived|forgiven|dropped|reduced|lowered|removed|erased",
    "will|can|could|would|to|shall|am|are ~ waive|waiving|drop|dropping|remove|removing|cancel|cancelling|reduce|reducing|lower|lowering|forgive|erase ~ the|that|this|your|any ..2 fee|fees|charge|charges|bill|invoice|debt|balance|price",
    "pay ~ for ~ it|that|this|your|the ~ damage|damages|hotel|repair|loss|day|wages|time|lost",
    "cover ~ it|that|this|your|the|all ..2 cost|costs|damage|damages|expenses|loss|bill",
];

/// Words about money that give nothing.
const NO_GIFT: &[&str] = &[
    "not ..8",
    "nobody|none|never ..6",
    "decide|decides|decided|whether|who|about ..10",
    "take|taken|took ..2 off work|from work",
];

/// Frames in which something is the caller's wish or story, and so nobody's promise.
const WISHES: &[&str] = &[
    "you ~ would ~ like|prefer|want|love|rather|hope|expect",
    "you ~ want|wanted|wish|wished|prefer|expect|expected|hope|hoped|wonder|wondered",
    "you ~ are|were ~ asking|hoping|looking|calling|waiting|expecting|wondering|after|owed",
    "you ~ asked|ask|requested|demanded|called",
    "you ~ were ~ promised|told|offered|charged|billed|quoted|given",
    "promised|offered|told|quoted|refused ~ you",
    "what ~ you ~ would|want|need|asked|are",
    "your ~ wish|request|question|hope|call ~ is|for|about|that",
    "this|it ~ is ~ about",
    "you ~ need|needed",
    "you ~ did|have|had|do|still ~ not ~ get|got|gotten|received|receive|see|seen|have|had",
    "you ~ never ~ got|received|had|saw",
    "waiting|waited ~ for",
];

static COMMIT: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(COMMITS.iter().copied()));
static HARMLESS_READY: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(HARMLESS.iter().copied()));
static GIFT: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(GIFTS.iter().copied()));
static NO_GIFT_READY: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(NO_GIFT.iter().copied()));
static WISH: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(WISHES.iter().copied()));
static OWN_ACT: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::new(OWN_ACTS.iter().map(|source| source.trim_end_matches(" >"))));

/// The first promise or offer that is made of more than what is `covered` by the playbook.
pub(super) fn unpermitted(tokens: &[Token], covered: &[bool], question: bool) -> Option<(usize, usize)> {
    let harmless = HARMLESS_READY.places(tokens);
    let acts = own_acts(tokens);
    COMMIT.places(tokens).into_iter().find_map(|(start, end)| {
        let excused = harmless.iter().any(|around| around.0 <= start && end <= around.1);
        let asked = question && is_inverted(tokens, start, end);
        if excused || asked || is_wish(tokens, start) || is_reported(tokens, start) {
            return None;
        }
        let stop = clause_end(tokens, end);
        let told = covered[start..end].iter().all(|word| *word);
        let own = acts[start..end].iter().all(|word| *word) || is_own(&tokens[start..end]);
        let rest = end..stop;
        let acted = rest.clone().any(|at| acts[at] || covered[at]);
        let clean = told && is_made_of(tokens, rest.clone(), covered, &acts)
            || own
                && (acted || end == stop && acts[start..end].iter().all(|word| *word))
                && is_made_of(tokens, rest, covered, &acts);
        (!clean).then_some((start, stop))
    })
}

/// The first gift of money that is not `covered` by the playbook.
pub(super) fn gift(tokens: &[Token], covered: &[bool]) -> Option<(usize, usize)> {
    let harmless = NO_GIFT_READY.places(tokens);
    GIFT.places(tokens).into_iter().find(|(start, end)| {
        let excused = harmless.iter().any(|around| around.0 <= *start && *end <= around.1);
        let told = covered[*start..*end].iter().all(|word| *word);
        !excused && !told && !is_wish(tokens, *start) && !is_reported(tokens, *start)
    })
}

/// Whether the words before `at` make it the caller's wish, without a new clause in which we would do something.
pub(super) fn is_wish(tokens: &[Token], at: usize) -> bool {
    let ours = matches!(tokens[at].text.as_str(), "i" | "we" | "our" | "they" | "he" | "she" | "will");
    WISH.places(tokens).into_iter().any(|(start, end)| {
        let asked = start > 0 && matches!(tokens[start - 1].text.as_str(), "would" | "do" | "if" | "what");
        let cut = ours
            && tokens[end - 1..at.max(end)].iter().any(|token| {
                token.pause || matches!(token.text.as_str(), "and" | "but" | "so" | "then" | "because")
            });
        start < at && end <= at + 2 && !asked && !cut
    })
}

/// The words that are the receptionist's own doing in the talk.
fn own_acts(tokens: &[Token]) -> Vec<bool> {
    let mut acts = vec![false; tokens.len()];
    for (index, (start, end)) in OWN_ACT.each(tokens) {
        let end = if OWN_ACTS[index].ends_with('>') { act_end(tokens, end) } else { end };
        acts[start..end].fill(true);
    }
    acts
}

/// Whether the words that commit are the receptionist's own: "I will", "we can", "let me".
fn is_own(trigger: &[Token]) -> bool {
    let whole: Vec<&str> = trigger.iter().map(|token| token.text.as_str()).collect();
    let own = matches!(whole.first(), Some(&("i" | "we" | "let" | "what" | "would")));
    own && whole
        .iter()
        .all(|word| !word.starts_with("guarante") && *word != "sending" && *word != "refunding")
        || whole == ["will"]
}

/// Whether a question turns the words that commit around: "will you", "shall we", "can I".
fn is_inverted(tokens: &[Token], start: usize, end: usize) -> bool {
    let after = tokens.get(end).map(|token| token.text.as_str());
    let verb = matches!(tokens[start].text.as_str(), "will" | "shall" | "can" | "could");
    if matches!(tokens[0].text.as_str(), "what" | "when" | "which" | "where" | "who" | "how") {
        return true;
    }
    verb && end == start + 1 && matches!(after, Some("you" | "i" | "we" | "it" | "that" | "they" | "this"))
}

/// Where the clause that goes on at `from` ends: at a pause after which something new begins.
fn clause_end(tokens: &[Token], from: usize) -> usize {
    const BEGINS: &str = " please is are does do would shall can could may if because but which what when how so \
        since unless until where who i we they he she you our it that this thank and your there ";
    (from.max(1)..tokens.len())
        .find(|at| {
            let begins = BEGINS.contains(&format!(" {} ", tokens[*at].text));
            let anew = matches!(tokens[*at].text.as_str(), "and")
                && !tokens.get(at + 1).is_some_and(|token| BEGINS.contains(&format!(" {} ", token.text)));
            tokens[at - 1].pause && begins && !anew
        })
        .unwrap_or(tokens.len())
}

/// Where an act that goes on at `from` ends: with its clause, or where another doing is joined to it.
fn act_end(tokens: &[Token], from: usize) -> usize {
    const DOINGS: &str = " send give refund come fix call book get make bring repair cancel waive arrange put order go do offer \
        let take remove credit replace schedule transfer try reschedule solve resolve sort handle drop deliver pay compensate \
        dispatch move change squeeze fit rush organise organize approve close open reset connect issue find keep see be visit ";
    let stop = clause_end(tokens, from);
    let joins = |at: &usize| matches!(tokens[at - 1].text.as_str(), "and" | "or" | "then");
    (from + 1..stop)
        .find(|at| joins(at) && DOINGS.contains(&format!(" {} ", tokens[*at].text)))
        .unwrap_or(stop)
}

/// Whether every word of the range is told by the playbook, an act of the talk, a due time, a number, a name or a filler.
fn is_made_of(tokens: &[Token], range: std::ops::Range<usize>, covered: &[bool], acts: &[bool]) -> bool {
    let mut at = range.start;
    while at < range.end {
        if let Some(end) = detail(tokens, at) {
            at = end;
            continue;
        }
        let token = &tokens[at];
        let called = at > 0
            && (tokens[at - 1].pause || matches!(tokens[at - 1].text.as_str(), "mr" | "mrs" | "ms" | "dr"));
        let filler = FILLERS.split(' ').any(|filler| filler == token.text);
        if !(covered[at] || acts[at] || filler || token.capital && called) {
            return false;
        }
        at += 1;
    }
    true
}
