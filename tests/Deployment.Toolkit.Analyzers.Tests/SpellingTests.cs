using System.Globalization;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class SpellingTests
{
    private static readonly string[] s_names = ["Development", "Staging", "Production", "Live", "QA"];

    [Theory]
    [InlineData("Developmnt", "Development")]
    [InlineData("Devleopment", "Development")]
    [InlineData("PRODUTION", "Production")]
    [InlineData("Lvie", "Live")]
    [InlineData("Stging", "Staging")]
    [InlineData("Testing", null)]
    [InlineData("QC", null)]
    [InlineData("Life1", null)]
    [InlineData("Production", null)]
    [InlineData("NonProduction", null)]
    [InlineData("", null)]
    public void A_near_miss_is_a_slip_and_not_another_name(string text, string? meant) =>
        Assert.Equal(meant, Spelling.NearMiss(text, s_names));

    [Fact]
    public void The_nearest_wins_and_then_the_first() => Assert.Equal("Prod-EU", Spelling.NearMiss("Prod-ES", ["Prod-EU", "Prod-US"]));

    [Theory]
    [InlineData("dev", "Development")]
    [InlineData("P", null)]
    [InlineData("Lab", null)]
    public void What_is_known_to_be_wrong_may_be_an_abbreviation(string text, string? meant) =>
        Assert.Equal(meant, Spelling.Suggest(text, s_names));

    [Fact]
    public void An_abbreviation_of_two_names_is_of_neither() => Assert.Null(Spelling.Suggest("Prod", ["Production-EU", "Production-US"]));

    [Fact]
    public void Letters_compare_the_same_in_Turkey()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            Assert.Equal("INTEGRATION", Spelling.NearMiss("integraton", ["INTEGRATION"]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
