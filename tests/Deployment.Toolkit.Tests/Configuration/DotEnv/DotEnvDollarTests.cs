namespace Deployment.Toolkit.Tests.Configuration.DotEnv;

/// <summary>A dollar that may be a character of a password: how it is read is said, and in strict mode it is refused and nothing is cut off.</summary>
public sealed class DotEnvDollarTests
{
    private const string Hash = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

    [Theory]
    [InlineData("A=pa$word", 1, 5, "pa")]
    [InlineData("A=\"pa$word\"", 1, 6, "pa")]
    [InlineData("A=`pa$word`", 1, 6, "pa")]
    [InlineData("A=\"pa${word}x\"", 1, 6, "pax")]
    [InlineData("A=\"one\ntwo $word\"", 2, 5, "one\ntwo ")]
    [InlineData("A=pa$$word", 1, 5, "pa$$word")]
    [InlineData("A=$5", 1, 3, "$5")]
    [InlineData("A=US$", 1, 5, "US$")]
    public void Outside_strict_mode_the_reading_is_a_warning(string text, int line, int column, string expected)
    {
        var table = DotEnvFile.Read(text);
        var warning = Assert.Single(table.Faults);
        Assert.Equal(("DTK7047", MessageSeverity.Warning, line, column), (warning.Code, warning.Severity, warning.Line, warning.Column));
        Assert.DoesNotContain("word", warning.Text, StringComparison.Ordinal);
        Assert.Equal(expected, table.Values["A"].Value);
        Assert.True(table.IsWhole);
    }

    [Theory]
    [InlineData("A=\"pa$word\"", "pa$word", "DTK7047")]
    [InlineData("A=\"pa${word}x\"", "pa${word}x", "DTK7047")]
    [InlineData("A=`pa$word`", "pa$word", "DTK7047")]
    [InlineData("A=\"pa$$word\"", "pa$$word", "DTK7047")]
    [InlineData("A=pa$word", "pa$word", "DTK7031")]
    [InlineData("A=pa$$word", "pa$$word", "DTK7031")]
    [InlineData("A=\"$2y$10$N9qo\"", "$2y$10$N9qo", "DTK7047")]
    [InlineData("A=\"$nope$10$N9qo8uLOickgx2ZMRZoMyeIjZAg\"", "$nope$10$N9qo8uLOickgx2ZMRZoMyeIjZAg", "DTK7047")]
    [InlineData("A=\"$y$a_variable_with_a_long_name_of_its_own\"", "$y$a_variable_with_a_long_name_of_its_own", "DTK7047")]
    public void In_strict_mode_it_is_refused_and_kept_whole(string text, string expected, string code)
    {
        var table = DotEnvFile.Read(text, isStrict: true);
        Assert.Equal(code, Assert.Single(table.Faults).Code);
        Assert.False(table.IsWhole);
        Assert.Equal(expected, table.Values["A"].Value);
    }

    [Theory]
    [InlineData("A='" + Hash + "'", Hash)]
    [InlineData(@"A=""pa\$word""", "pa$word")]
    [InlineData("B=1\nA=\"x$B\"", "x1")]
    [InlineData("A=\"${B:-c}${B-}\"", "c")]
    [InlineData("A=\"${B:+c}\"", "")]
    public void What_is_written_plainly_is_read_without_a_word(string text, string expected)
    {
        foreach (var isStrict in (bool[])[false, true])
        {
            var table = DotEnvFile.Read(text, isStrict);
            Assert.Empty(table.Faults);
            Assert.Equal(expected, table.Values["A"].Value);
        }
    }

    public static TheoryData<string> Hashes =>
    [
        Hash,
        "$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
        "$apr1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
        "$6$rounds=5000$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b5dWRWJTmaQrMhT5uIxg0DFnWo",
        "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
        "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
        "$P$984478476IagS59wHZvyQMArzfx58u.",
    ];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_hash_keeps_whole_without_a_word_however_it_is_quoted(string hash)
    {
        foreach (var quote in (string[])["", "\"", "'", "`"])
        {
            foreach (var isStrict in (bool[])[false, true])
            {
                var table = DotEnvFile.Read($"N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy=no\nA={quote}{hash}{quote}", isStrict);
                Assert.Empty(table.Faults);
                Assert.Equal(hash, table.Values["A"].Value);
            }
        }
    }

    [Theory]
    [InlineData("pa$5word")]
    [InlineData("US$")]
    [InlineData("a$-b$.c$$")]
    [InlineData("$!x$%y")]
    public void In_strict_mode_a_dollar_that_no_tool_takes_for_a_name_is_a_character(string password)
    {
        foreach (var quote in (string[])["", "\"", "'", "`"])
        {
            var table = DotEnvFile.Read($"A={quote}{password}{quote}", isStrict: true);
            Assert.Empty(table.Faults);
            Assert.Equal(password, table.Values["A"].Value);
        }
    }

    [Fact]
    public void A_name_that_is_set_empty_is_set() => Assert.Empty(DotEnvFile.Read("B=\nA=\"x$B\"", isStrict: true).Faults);

    [Theory]
    [InlineData("ASPNETCORE_ENVIRONMENT=Staging", "variable of the process")]
    [InlineData("DOTNET_ENVIRONMENT=Staging", "variable of the process")]
    [InlineData("ASPNETCORE_URLS=http://+:80", "variable of the process")]
    [InlineData("CUSTOMCONNSTR_Main=x", "ConnectionStrings__Main")]
    [InlineData("SQLAZURECONNSTR_Main=x", "ConnectionStrings__Main")]
    [InlineData("DEPLOYMENT_SECRET_PW=canary7", "deploy secrets set")]
    [InlineData("DEPLOYMENT_SECRETS_KEY=canary7", "variable")]
    public void A_name_without_an_effect_in_a_file_is_a_warning(string text, string mend)
    {
        var warning = Assert.Single(DotEnvFile.Read(text).Faults);
        Assert.Equal(("DTK7048", MessageSeverity.Warning, 1), (warning.Code, warning.Severity, warning.Line));
        Assert.Contains(mend, warning.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary7", warning.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set A=1", "is no assignment")]
    [InlineData("SET A=1", "is no assignment")]
    [InlineData("$env:A = 1", "begins with no name")]
    [InlineData("A=\"\"\"x\"\"\"", "goes on after the quote")]
    [InlineData("A+=x", "is no assignment")]
    public void Forms_of_other_shells_are_faults(string text, string expected)
    {
        var fault = Assert.Single(DotEnvFile.Read(text).Faults);
        Assert.Contains(expected, fault.Text, StringComparison.Ordinal);
    }
}
