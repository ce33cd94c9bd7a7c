//! Threats, self-harm, emergencies.

use super::super::*;
use super::check;

#[test]
fn threats_are_heard() {
    check(
        |kind| kind == SignalKind::Threat,
        &[
            "I'll come down there and show you",
            "I'm gonna come over there and smash your windows",
            "somebody's going to get hurt",
            "you'll be sorry",
            "you will regret this",
            "I will kill you",
            "I know where you live",
            "I'll break his neck",
            "I'm going to burn your office down",
            "watch your back",
            "I've got a gun",
            "if he comes here again I will shoot him",
            "I'll beat the crap out of him",
            "don't make me come down there",
            "youll pay for this I swear",
            "I could punch somebody right now",
            "someone is gonna get hurt if nobody comes",
        ],
        &[
            "I could kill for a coffee.",
            "I'll shoot you an email.",
            "I will come down there and pay the bill.",
            "I'm not going to hurt anybody.",
            "Nobody got hurt.",
            "My back is killing me.",
            "He threatened to kill me.",
            "I'll get you the number.",
            "I'm sorry for the trouble.",
            "I'll hit you back with the date.",
            "she said I will kill you",
            "you better check the pipe",
            "I will come over there and pick it up",
            "the dog was hit by a car",
            "We're killing two birds with one stone.",
            "I know where your office is",
            "how do I pay for this",
        ],
    );
}

#[test]
fn self_harm_is_heard() {
    check(
        |kind| kind == SignalKind::SelfHarm,
        &[
            "I want to kill myself",
            "I don't want to live anymore",
            "I'm going to end my life",
            "I just want to die",
            "I'd be better off dead",
            "I've been thinking about suicide",
            "my son is suicidal",
            "there's no point in living",
            "I feel like hurting myself",
            "I took all my pills",
            "I wish I was dead",
            "i want to end it all",
            "I might do something stupid to myself",
            "I don't wanna be alive anymore",
            "I'm gonna jump off a bridge",
        ],
        &[
            "I'm dying to know.",
            "This heat is killing me.",
            "I could kill myself for forgetting the key.",
            "I cut myself on the glass.",
            "I hurt myself at work.",
            "I nearly died of embarrassment.",
            "My phone is dying.",
            "The boiler died last night.",
            "I'm not suicidal.",
            "My grandmother died.",
            "I don't want to live with this noise, I want it fixed.",
            "We jump off the deck into the pool.",
            "I want my plants to live",
            "the living room is cold",
            "I took my pills this morning",
        ],
    );
}

fn emergency(kind: EmergencyKind) -> impl Fn(SignalKind) -> bool {
    move |found| found == SignalKind::Emergency(kind)
}

#[test]
fn medical_emergencies_are_heard() {
    check(
        emergency(EmergencyKind::Medical),
        &[
            "I have chest pain",
            "my husband can't breathe",
            "he cant breathe",
            "she's unconscious",
            "he is not breathing",
            "my face is swollen and I cannot swallow",
            "it won't stop bleeding",
            "there's blood everywhere",
            "I'm bleeding really badly",
            "I think he's having a heart attack",
            "my throat is closing up",
            "she passed out on the floor",
            "we need an ambulance",
            "pain in my chest and my arm",
            "he is having a stroke",
            "my baby is choking",
            "it is hard to breathe",
            "he won't wake up",
            "im having trouble breathing",
        ],
        &[
            "It's no emergency.",
            "My dentist said it's no emergency.",
            "I get a bloody nose sometimes.",
            "My gums bleed a little bit.",
            "I'm dying to know.",
            "I nearly had a heart attack when I saw the bill.",
            "I don't have chest pain.",
            "I had chest pain last year and want a check-up.",
            "Let me breathe for a second.",
            "We're drowning in paperwork.",
            "My phone is dying.",
            "I need a blood test.",
            "Please bleed the radiators.",
            "the shelf collapsed",
            "it was a stroke of luck",
            "my tooth hurts",
        ],
    );
}

#[test]
fn fires_are_heard() {
    check(
        emergency(EmergencyKind::Fire),
        &[
            "the kitchen is on fire",
            "there's smoke coming out of the furnace",
            "I smell something burning",
            "my house is burning",
            "the outlet is sparking",
            "there is a fire in the basement",
            "there's a burning smell from the boiler",
            "the stove caught fire",
            "I see flames",
            "theres smoke everywhere",
            "sparks are flying from the panel",
            "it smells like burning plastic",
            "the dryer is smoking",
            "the whole house is in flames",
            "smoke is coming from the wall",
        ],
        &[
            "My gums feel like they're on fire.",
            "You guys are on fire today.",
            "I have a few questions. Fire away.",
            "He got fired.",
            "The fireplace needs a cleaning.",
            "I need a fire inspection.",
            "There's no fire.",
            "I have a burning sensation in my mouth.",
            "My neighbor is smoking on the balcony.",
            "the smoke detector battery needs replacing",
            "We had a fire last year.",
            "I quit smoking.",
            "I need new spark plugs.",
            "the pilot light is out",
            "how much is a fire extinguisher",
        ],
    );
}

#[test]
fn gas_is_heard() {
    check(
        emergency(EmergencyKind::Gas),
        &[
            "I smell gas",
            "there's a smell of gas in the kitchen",
            "it smells like gas in here",
            "we have a gas leak",
            "the carbon monoxide alarm is going off",
            "my CO detector keeps beeping",
            "it smells like rotten eggs",
            "gas is leaking",
            "they hit the gas line and it's leaking",
            "the gas pipe broke",
            "strong gas odor in the basement",
            "i think theres a gas leak",
            "carbon monoxide in the house",
            "the c o alarm went off",
            "can you smell gas, because I can smell gas",
        ],
        &[
            "My gas bill is too high.",
            "I don't smell gas.",
            "There is no gas leak.",
            "We have a gas boiler.",
            "I'm at the gas station.",
            "Do you use laughing gas?",
            "I want to install a carbon monoxide detector.",
            "the gas company sent me",
            "I need a gas line for the stove",
            "who do I call if I ever smell gas",
            "it smells like mold",
            "my egg salad went off",
            "the faucet is leaking",
            "we had a gas leak last year",
            "gas prices are crazy",
        ],
    );
}

#[test]
fn violence_is_heard() {
    check(
        emergency(EmergencyKind::Violence),
        &[
            "someone is breaking into my house",
            "he has a gun",
            "my husband is hitting me",
            "he's trying to kill me",
            "there's a man with a knife",
            "I'm being attacked",
            "somebody is in my house",
            "I am in danger",
            "he's threatening to kill us",
            "call the police now",
            "my ex is outside my house",
            "i heard gunshots",
            "I was stabbed",
            "I'm afraid for my life",
            "a guy is following me",
        ],
        &[
            "My back is killing me.",
            "These prices are killing me.",
            "I need a flu shot.",
            "I have a police report.",
            "My wife is going to kill me if I forget this.",
            "I have shooting pain in my tooth.",
            "I am not in danger.",
            "The tooth is breaking.",
            "He hit my car last month.",
            "someone is coming to my house at noon",
            "he has a crown",
            "the technician is at my house",
            "my boss is killing it",
            "attack the problem first",
            "the ball is in my yard",
        ],
    );
}

#[test]
fn floods_are_heard() {
    check(
        emergency(EmergencyKind::Property),
        &[
            "water is pouring through the ceiling",
            "we have a burst pipe",
            "a pipe burst in the kitchen",
            "my basement is flooded",
            "the house is flooding",
            "there's water everywhere and I can't shut it off",
            "water's gushing out of the wall",
            "water is coming through the ceiling",
            "the ceiling collapsed",
            "sewage is backing up in the tub",
            "the water heater exploded",
            "there is two inches of water in the basement",
            "a tree fell on my roof",
            "I cant turn off the water",
            "the pipe just burst and its spraying",
        ],
        &[
            "The tap drips.",
            "We're flooded with calls.",
            "No water is coming out.",
            "The basement is not flooded.",
            "The basement was flooded last year.",
            "I burst out laughing.",
            "My water bill is too high.",
            "I need an estimate for water damage claim.",
            "hot water runs out fast",
            "My crown fell out.",
            "my eyes are watering",
            "I'd like a flood light",
            "the pipe drips a bit",
            "can you check the water pressure",
            "the toilet keeps running",
        ],
    );
}
