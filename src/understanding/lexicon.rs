//! Words that are never part of a name, and words that carry no story.

/// Whether the lower-case `word` is in a list of words separated by blanks.
pub(super) fn is_in(list: &str, word: &str) -> bool {
    // Here is where the time goes: whether a word begins like ours is asked of many places at once.
    const BLOCK: usize = 16;
    let (list, word) = (list.as_bytes(), word.as_bytes());
    let Some(&first) = word.first().filter(|_| !word.contains(&b' ')) else { return false };
    let begins = |blank: u8, letter: u8| (blank <= b' ') & (letter == first);
    let stands = |at: usize| {
        list[at..].starts_with(word) && list.get(at + word.len()).is_none_or(|after| *after <= b' ')
    };
    if stands(0) {
        return true;
    }
    let mut from = 1;
    while let Some((blanks, letters)) = list.get(from - 1..from - 1 + BLOCK).zip(list.get(from..from + BLOCK))
    {
        let any =
            blanks.iter().zip(letters).fold(false, |any, (blank, letter)| any | begins(*blank, *letter));
        if any && (from..from + BLOCK).any(|at| begins(list[at - 1], list[at]) && stands(at)) {
            return true;
        }
        from += BLOCK;
    }
    (from..list.len()).any(|at| begins(list[at - 1], list[at]) && stands(at))
}

/// Common words that a name does not consist of.
pub(super) const NOT_NAMES: &str = "\
    a about absolutely account actually address after afternoon again ago all already also am an and any \
    anyone anything appointment are as ask at available back bad be because been before best better bill \
    book both broken but by call called calling came can cancel cannot certainly come concerned could \
    customer day did do does done don't double eight else email emergency enough evening ever every \
    everyone everything exactly excuse fed fifty fine first five fix for forgot forty four friday from \
    fuck get getting give glad go going gonna good goodbye got had happy has hate have having he hear \
    heard hello help her here hey hi him his hold hour how huh hundred hurry i i'd i'll i'm i've if ill \
    in instead interested into invoice is isn't issue it it's its just know last late later leak leaking \
    left let like listen little live located long look looking lot machine mad maybe me mean message \
    minute moment monday more morning my myself name nah need never new next nice nine no nobody none \
    nope not nothing now number o'clock of off office oh ok okay old on once one only open or order \
    other our out over pain pardon patient pay people perfect person phone please possible problem \
    question quite ready real really regarding repeat ridiculous right robot said same saturday say \
    saying second see seven she should sick since six so some somebody someone something soon sorry \
    speak speaking spell spelled still stop sunday supposed sure talk talking tell ten terrible than \
    thank thanks that that's the their them then there there's these they thing think thirty this those \
    three thursday time tired to today told tomorrow too trying tuesday twenty two uh um under \
    unacceptable unhappy until up upset urgent us very wait waiting want wanted was water we wednesday \
    week well were what what's whatever when where which who why will with without won't work working \
    worried would wrong yeah year yep yes yesterday yet you you're your zero er erm hmm mhm mm mmm a.m \
    p.m pm dear ma'am madam sir love course correct letter letters capital fantastic great cool alright \
    sounds works till noon midnight midday tonight january february july september october november december \
    christmas thanksgiving weekend months weeks days hours minutes this works continue whoever seriously honestly frankly basically wow god jesus quote price prices";

/// Words of greeting, politeness and hesitation: a turn of nothing else says nothing.
pub(super) const EMPTY_TALK: &str = "\
    dash hyphen slash hi hello hey hiya good morning afternoon evening day there yes yeah yep no nope okay ok um uh er erm \
    hmm mm mhm huh thanks thank you please how are can could hear me is anybody anyone well so oh ah \
    dear sorry excuse i i'm am have a an the question need some help calling would like i'd to leave \
    message sure right now just it it's this that that's my name number and but then let see what who \
    speak speaking talk want problem got we do of course go ahead alright all with for about on phone \
    ask quick where should begin start doing today sir ma'am madam fine great bye goodbye yet not don't \
    wait hold one moment second still was said say i've mean somebody someone something anything person \
    human robot machine real operator agent representative manager really be put through get if or your \
    listen first last";
