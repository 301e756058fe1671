using CsCheck;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>
/// Whatever graph, people and sequence of verbs: nothing enters an environment without a verified run in its source or an audited hotfix, and
/// without the approvals that are asked for. What enters is compared with a second account of the rules, in both directions.
/// </summary>
public sealed class PromotionMatrixTests
{
    private static readonly Release[] s_releases = [new("1.0.0", "c1"), new("1.0.0", "c2"), new("1.10.0", "c3")];

    private static readonly Gen<(Place[] Places, (int What, int Place, int Release, int Who, int More)[] Verbs)> s_sequences = Gen.Select(
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 9], static (approvals, signed, hotfix, glass, from) => (approvals, signed, hotfix, glass, from)).Array[2, 4],
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 11]).Array[4, 40],
        static (places, verbs) => (
            // Any tree: each is promoted from one before it, the first from nowhere.
            places.Select((place, i) => new Place($"E{i}", i == 0 ? null : $"E{place.from % i}", place.approvals, place.signed && place.approvals > 0, place.hotfix, place.glass)).ToArray(),
            verbs));

    [Fact]
    public void Whatever_enters_and_is_rolled_back_what_is_live_owes_what_it_skipped()
    {
        var (left, returned) = (0, 0);
        // As a hotfix, behind the glass, through all gates, or back.
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[1, 60]).Array[1, 30].Sample(
            sequence =>
            {
                var (world, account) = (new PromotionWorld([new Place("E0", null, 0, false, true, true)]), new OwedAccount());
                foreach (var (what, number, hours) in sequence)
                {
                    world.Jump(TimeSpan.FromHours(hours));
                    var release = new Release($"1.{number}.0", null);
                    var before = account.Owed;
                    if (what < 3) account.Enter(world.Enter("E0", release, isHotfix: what == 0, isGlass: what == 1), release, what == 0, what == 2, world.Now);
                    else if (account.MayGoBack(release))
                    {
                        world.RollBack("E0", release);
                        account.RollBack(release, world.Now);
                        if (before.Except(account.Owed).Any()) Interlocked.Increment(ref left);
                        if (account.Owed.Except(before).Any()) Interlocked.Increment(ref returned);
                    }

                    Assert.Equal(account.Owed, world.Ledger("E0").Promotion.Debts.Select(static debt => (debt.Due.Run, debt.Due.Until)));
                }
            },
            iter: FullRun.Times(500, full: 20_000));

        Assert.True(Math.Min(left, returned) > 20, $"{left} rollbacks left a hotfix, {returned} brought one back");
    }

    [Fact]
    public void No_sequence_of_verbs_lets_a_release_in_that_the_rules_keep_out_or_keeps_one_out_that_they_let_in()
    {
        var (entered, refused, hotfixes, broken) = (0, 0, 0, 0);
        s_sequences.Sample(
            sequence =>
            {
                var account = new PromotionAccount(sequence.Places);
                foreach (var (what, place, release, who, more) in sequence.Verbs)
                {
                    var (did, plan) = account.Do(what, sequence.Places[place % sequence.Places.Length], s_releases[release], PromotionWorld.People[who], more);
                    if (did is { } let) _ = let ? Interlocked.Increment(ref entered) : Interlocked.Increment(ref refused);
                    if (plan?.Bypass is { IsHotfix: true }) Interlocked.Increment(ref hotfixes);
                    if (plan?.Bypass is { IsBreakGlass: true }) Interlocked.Increment(ref broken);
                }
            },
            iter: FullRun.Times(500, full: 100_000));

        // It is about something only when all of that happens.
        Assert.True(Math.Min(Math.Min(entered, refused), Math.Min(hotfixes, broken)) > FullRun.Times(20, full: 100), $"{entered} entered, {refused} refused, {hotfixes} hotfixes, {broken} broken glass");
    }
}
