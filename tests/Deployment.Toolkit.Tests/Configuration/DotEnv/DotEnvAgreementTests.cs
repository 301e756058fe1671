namespace Deployment.Toolkit.Tests.Configuration.DotEnv;

/// <summary>Lines that most well-known tools read alike are read so here: their own suites hold lines of these kinds.</summary>
public sealed class DotEnvAgreementTests
{
    [Theory]
    [InlineData("A='b\\'c'", "A=b\\'c")]
    [InlineData("A='one\nthis is \\'quoted\\'\nmore'\nB=1", "A=one⏎this is \\'quoted\\'⏎more|B=1")]
    [InlineData("A=`b\\`c`", "A=b\\`c")]
    [InlineData("A='C:\\dir\\'\nB='x'", "A=C:\\dir\\|B=x")]
    [InlineData("A='C:\\dir\\' # it's so\nB='x'", "A=C:\\dir\\|B=x")]
    [InlineData("A='C:\\'\nB='D:\\'\nC=1", "A=C:\\|B=D:\\|C=1")]
    public void A_backslash_keeps_a_quote_open_unless_the_quote_must_close_there(string text, string expected) => Reads(text, expected);

    [Theory]
    [InlineData("MULTI_NOT_VALID_QUOTE=\"\nMULTI_NOT_VALID=THIS", "MULTI_NOT_VALID_QUOTE=\"|MULTI_NOT_VALID=THIS")]
    [InlineData("KEY=\"value", "KEY=\"value")]
    [InlineData("KEY='", "KEY='")]
    [InlineData("A=x\"y", "A=x\"y")]
    [InlineData("A=x'y'z", "A=x'y'z")]
    public void An_open_quote_belongs_to_the_value(string text, string expected) => Reads(text, expected);

    [Theory]
    [InlineData("export export_a=1", "export_a=1")]
    [InlineData("export exportFoo=2", "exportFoo=2")]
    [InlineData("exportFOO=2", "exportFOO=2")]
    [InlineData("export_FOO =2", "export_FOO=2")]
    [InlineData("export.FOO= 2", "export.FOO=2")]
    [InlineData("\texport OPTION_A=2", "OPTION_A=2")]
    [InlineData("export=1", "export=1")]
    [InlineData("OPTION_A=2\nexport OPTION_A", "OPTION_A=2")]
    [InlineData("export EXAMPLE = ignore export", "EXAMPLE=ignore export")]
    public void Export_is_a_word_before_a_name_only(string text, string expected) => Reads(text, expected);

    [Theory]
    [InlineData("a=b#c", "a=b#c")]
    [InlineData("a=b #c", "a=b")]
    [InlineData("a=b\t#c", "a=b")]
    [InlineData("a= #c", "a=")]
    [InlineData("a=#b", "a=#b")]
    [InlineData("qux=thud # fred # other", "qux=thud")]
    [InlineData("thud=fred#qux # other", "thud=fred#qux")]
    [InlineData("baz=\"foo\"#bar", "baz=foo")]
    [InlineData("foo=\"bar#baz#bang\" # comment", "foo=bar#baz#bang")]
    [InlineData("A=\"VALUE1\" # or \"VALUE2\" or \"VALUE3\"\nB=1", "A=VALUE1|B=1")]
    [InlineData("\n\n\n # HERE GOES FOO \nfoo=bar", "foo=bar")]
    [InlineData("#A=\"open\nB=\"1\"", "B=1")]
    public void Comments_begin_behind_a_blank(string text, string expected) => Reads(text, expected);

    [Theory]
    [InlineData("a=b\u00a0 c", "a=b\u00a0 c")]
    [InlineData("a=b  c ", "a=b  c")]
    [InlineData("\t \t A \t \t = \t \t a \t \t\nB= \t b", "A=a|B=b")]
    [InlineData("a=\nb=c", "a=|b=c")]
    [InlineData("A = \nB=1", "A=|B=1")]
    [InlineData("OPTION_A: Foo=bar", "OPTION_A=Foo=bar")]
    [InlineData("OPTION_A=1:B", "OPTION_A=1:B")]
    [InlineData("A=1\u2028B", "A=1\u2028B")]
    [InlineData("\n \t  \nfoo=bar\n \nfizz=buzz", "foo=bar|fizz=buzz")]
    [InlineData("A=\"one\u0085\r\ntwo\f\"", "A=one\u0085⏎two\f")]
    public void Blanks_end_nothing_but_names_and_values(string text, string expected) => Reads(text, expected);

    [Theory]
    [InlineData("FOO=test\nBAR=\"foo\\${FOO} ${FOO}\"", "FOO=test|BAR=foo${FOO} test")]
    [InlineData("FOO=test\nBAR=\"foo\\\\\\${FOO} ${FOO}\"", "FOO=test|BAR=foo\\${FOO} test")]
    [InlineData("FOO=\"bar\\$ \\$\\$\"", "FOO=bar$ $$")]
    [InlineData("FOO=\"bar $ \"", "FOO=bar $ ")]
    [InlineData("A=pa\\$\\$word", "A=pa$$word")]
    [InlineData("A=\\$2b\\$10\\$OMZ69gxxsmRgwAt945WHSujpr/u8ZMx", "A=$2b$10$OMZ69gxxsmRgwAt945WHSujpr/u8ZMx")]
    [InlineData("P=42\nA=\\$this$P\\$is${P}", "P=42|A=$this42$is42")]
    [InlineData("A=escaped-\\$(echo hello)", "A=escaped-$(echo hello)")]
    [InlineData("a=b\na=c\nd=${a}", "a=c|d=c")]
    [InlineData("a=${b}${b}", "a=mm", "m")]
    [InlineData("a=${b:-d}", "a=m", "m")]
    [InlineData("a=${b:-}", "a=")]
    [InlineData("A=${B-${C:-${D}}}", "A=")]
    [InlineData("PASSWORD_EXPAND=$b", "PASSWORD_EXPAND=pas$word", "pas$word")]
    [InlineData("Ä=1\nB=${Ä}", "Ä=1|B=1")]
    [InlineData("Content:MaxItems=5\nB=${Content:MaxItems}${Content:Other:-6}", "Content:MaxItems=5|B=56")]
    public void References_expand_as_in_a_shell(string text, string expected, string? b = null)
    {
        if (b is null) Reads(text, expected);
        else Assert.Equal(expected, DotEnvFile.Values(text, ("b", b)));
    }

    private static void Reads(string text, string expected)
    {
        Assert.Equal(expected, DotEnvFile.Values(text));
        Assert.DoesNotContain(DotEnvFile.Read(text).Faults, static fault => fault.Severity == MessageSeverity.Error);
    }
}
