using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class ValidityTests
{
    private static readonly DateTimeOffset Now = SealedFolder.Start;

    [Fact]
    public async Task A_value_that_begins_later_leaves_the_present_one_in_force_until_then()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.SetAsync("Key", new Secret("next"), new SealedValidity { NotBefore = Now.AddDays(1) }, default);
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
        folder.Time.Now = Now.AddDays(1).AddSeconds(-1);
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
        folder.Time.Now = Now.AddDays(1);
        Assert.Equal("next", folder.ByAlice.Get("Key").Reveal());
        Assert.Equal("DTK7708", SealedFolder.Refusal(() => folder.ByAlice.Get("Key", "previous")).Code);
    }

    [Fact]
    public async Task Another_value_for_another_day_takes_the_planned_ones_place_and_leaves_no_gap()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.SetAsync("Key", new Secret("planned"), new SealedValidity { NotBefore = Now.AddDays(1) }, default);
        await folder.ByAlice.SetAsync("Key", new Secret("replanned"), new SealedValidity { NotBefore = Now.AddDays(3) }, default);
        folder.Time.Now = Now.AddDays(2);
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
        folder.Time.Now = Now.AddDays(3);
        Assert.Equal("replanned", folder.ByAlice.Get("Key").Reveal());
        Assert.Equal(2, folder.ByAlice.List().Count);
    }

    [Fact]
    public async Task The_present_value_keeps_an_end_of_its_own_that_comes_first()
    {
        using var folder = await SealedFolder.CreateAsync();
        await folder.ByAlice.SetAsync("Key", new Secret("short-lived"), new SealedValidity { ExpiresAt = Now.AddHours(1) }, default);
        await folder.ByAlice.SetAsync("Key", new Secret("next"), new SealedValidity { NotBefore = Now.AddDays(1) }, default);
        folder.Time.Now = Now.AddHours(2);
        Assert.Equal("DTK7709", SealedFolder.Refusal(() => folder.ByAlice.Get("Key")).Code);
    }

    [Fact]
    public async Task A_value_for_now_takes_all_others_out()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.SetAsync("Key", new Secret("planned"), new SealedValidity { NotBefore = Now.AddDays(1) }, default);
        await folder.ByAlice.SetAsync("Key", new Secret("at once"), default, default);
        Assert.Equal("at once", folder.ByAlice.Get("Key").Reveal());
        Assert.Single(folder.ByAlice.List());
    }

    [Fact]
    public async Task An_end_in_the_past_is_refused_everywhere_and_nothing_is_changed()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var before = folder.Text;
        var over = new SealedValidity { ExpiresAt = Now };
        foreach (var change in (Func<Task>[])
            [
                () => folder.ByAlice.SetAsync("Key", new Secret("x"), over, default),
                () => folder.ByAlice.SetAsync([new("Other", new Secret("x")), new("Key", new Secret("x"))], over, default),
                () => folder.ByAlice.RotateAsync("Key", new Secret("x"), TimeSpan.FromHours(1), over, default),
                () => folder.ByAlice.ProposeAsync("Key", new Secret("x"), over, default),
            ])
            Assert.Contains("would have expired", (await SealedFolder.RefusalAsync(change)).Text, StringComparison.Ordinal);
        Assert.Equal(before, folder.Text);
    }

    [Fact]
    public async Task Edits_are_sealed_together_or_not_at_all()
    {
        using var folder = await SealedFolder.CreateAsync("A", "B", "C");
        await folder.ByAlice.EditAsync([new SecretEdit("A", new Secret("a2"), 1, default), new SecretEdit("B", null, 1, default), new SecretEdit("D", new Secret("new"), 0, default)], default);
        Assert.Equal(["A 2", "C 1", "D 1"], folder.ByAlice.List().Select(static secret => $"{secret.Name} {secret.Version}"));
        var before = folder.Text;
        Assert.Equal("DTK7716", (await SealedFolder.RefusalAsync(() => folder.ByAlice.EditAsync([new SecretEdit("C", null, 1, default), new SecretEdit("A", new Secret("late"), 1, default)], default))).Code);
        Assert.Equal(before, folder.Text);
    }
}
