using System.Text;

namespace Deployment.Toolkit.Tests.Configuration.DotEnv;

public sealed class DotEnvFaultTests
{
    private const string Canary = "hunter2Canary";

    [Theory]
    [InlineData(Canary)]
    [InlineData(Canary + " " + Canary)]
    [InlineData("A=\"x\n" + Canary + "\nB=\"" + Canary + "\"")]
    [InlineData("A=\"" + Canary + "\" " + Canary)]
    [InlineData("A=" + Canary + "#" + Canary)]
    [InlineData("A=" + Canary + " $(" + Canary + ")")]
    [InlineData("A=" + Canary + " ${X")]
    [InlineData("A=${X:?$SECRET}")]
    [InlineData("A=\"" + Canary)]
    [InlineData("A='" + Canary + "\\'")]
    [InlineData("A=" + Canary + "\nA=" + Canary)]
    public void No_fault_repeats_what_may_be_a_value(string text)
    {
        foreach (var isStrict in (bool[])[false, true])
            Assert.DoesNotContain(DotEnvFile.Read(text, isStrict, ("SECRET", Canary)).Faults, static fault => fault.ToString().Contains(Canary, StringComparison.Ordinal) || fault.Key?.Contains(Canary, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_quote_that_closes_lines_later_inside_another_value_is_a_fault_where_it_opens_and_hides_nothing()
    {
        var table = DotEnvFile.Read("A=\"open\nB=\"x\"\nC=1");
        var fault = Assert.Single(table.Faults);
        Assert.Equal(("DTK7030", 1, 3), (fault.Code, fault.Line, fault.Column));
        Assert.Equal(("x", "1"), (table.Values["B"].Value, table.Values["C"].Value));
    }

    [Fact]
    public void Faults_stand_in_the_order_of_the_file()
    {
        var places = DotEnvFile.Read("A=$(x)\nnonsense\nB=${\n= \nA=2\nC=a#b", isStrict: true).Faults.Select(static fault => (fault.Line, fault.Column)).ToList();
        Assert.Equal(places.Order(), places);
        Assert.Equal([1, 1, 2, 3, 3, 4, 5, 6], places.Select(static place => place.Line!.Value));
    }

    [Fact]
    public void A_file_full_of_faults_has_a_report_that_can_be_read()
    {
        var faults = DotEnvFile.Read(string.Concat(Enumerable.Repeat("x\n", 100_000))).Faults;
        Assert.Equal(101, faults.Count);
        Assert.Contains("more", faults[^1].Text, StringComparison.Ordinal);
        var warnings = DotEnvFile.Read(string.Concat(Enumerable.Repeat("A=1\n", 100_000)) + "x").Faults;
        Assert.Single(warnings, static fault => fault.Severity == MessageSeverity.Error);
        Assert.InRange(warnings.Count, 2, 102);
    }

    [Theory]
    [InlineData("A=1\nA=$AB", true)]
    [InlineData("A=1\nA='$A'", true)]
    [InlineData("A=1\nA=\\$A", true)]
    [InlineData("A=1\nA=${A}:2", false)]
    [InlineData("A=1\nA=${B:-$A}", false)]
    public void A_line_that_uses_what_the_name_meant_before_is_no_duplicate(string text, bool isReported) =>
        Assert.Equal(isReported, DotEnvFile.Read(text).Faults.Any(static fault => fault.Code == "DTK7032"));

    [Theory]
    [InlineData("A=a#b # $C", 1, 4)]
    [InlineData("A=\\$a$B", 1, 6)]
    [InlineData("A='b\\'c'", 1, 6)]
    [InlineData("A=\"$B\"\nB=1", 1, 4)]
    public void Strict_mode_says_the_place_once(string text, int line, int column)
    {
        var fault = Assert.Single(DotEnvFile.Read(text, isStrict: true).Faults);
        Assert.Equal(("DTK7031", line, column), (fault.Code, fault.Line, fault.Column));
    }

    [Theory]
    [InlineData("A=a#b", "Node.js")]
    [InlineData("A=x $B", "python-dotenv")]
    [InlineData("A=\"open", "godotenv")]
    [InlineData("A='b\\'c'", "Node.js")]
    [InlineData("A=\"$B\"\nB=1", "godotenv")]
    public void Strict_mode_names_tools_and_what_they_read(string text, string tool) =>
        Assert.Contains(tool, Assert.Single(DotEnvFile.Read(text, isStrict: true).Faults).Text, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_a_fault_with_their_line()
    {
        var utf8 = Assert.Single(DotEnvFile.Read([.. "A=1\nB=\u00e4"u8, 0xE4, .. "\nC=2"u8]).Faults);
        Assert.Equal(("DTK7030", 2, 4), (utf8.Code, utf8.Line, utf8.Column));
        var utf16 = Assert.Single(DotEnvFile.Read([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("A=1\nB="), 0x00, 0xD8]).Faults);
        Assert.Equal(("DTK7030", 2, 3), (utf16.Code, utf16.Line, utf16.Column));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void A_mark_says_the_encoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var value = DotEnvFile.Read([.. encoding.Preamble, .. encoding.GetBytes("A=ä€🚀\r\n")]).Values["A"];
        Assert.Equal(("ä€🚀", 1, 3), (value.Value, value.Line, value.Column));
    }

    [Fact]
    public void Text_that_expands_to_no_more_than_it_was_never_counts_as_growth()
    {
        var line = "A{0}=\\$" + new string('x', 100_000) + "\n";
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => line.Replace("{0}", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        var table = DotEnvFile.Read(text);
        Assert.Empty(table.Faults);
        Assert.Equal(100_001, table.Values["A199"].Value!.Length);
    }

    [Fact]
    public void A_value_that_is_cut_is_always_a_fault()
    {
        var half = new string('x', 1 << 19);
        var table = DotEnvFile.Read($"A={half}\nB=$A$A.tail\nC=$A$A");
        Assert.Equal(2, Assert.Single(table.Faults).Line);
        Assert.Equal(1 << 20, table.Values["C"].Value!.Length);
    }
}
