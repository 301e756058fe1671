using System.Text;
using System.Text.Json;
using CsCheck;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.DotEnv;

namespace Deployment.Toolkit.Tests.Configuration.DotEnv;

public sealed class DotEnvTests
{
    private const string Real = """
        # shop
        export HOST=example.org
        PORT = 8080 # behind the proxy
        URL="https://${HOST}:$PORT/${PATH_PART:-api}"
        KEY='s3cr#t $no'
        CERT="-----BEGIN
        abc\n\"def\"
        -----END"
        Content__MaxItems=5
        NAME: yaml style
        EMPTY=
        T=`back "quoted" 'value'`
        """;

    private static ConfigurationTable Read(string text, bool isStrict = false, params (string Name, string Value)[] process) => DotEnvFile.Read(text, isStrict, process);

    [Fact]
    public void Most_scenarios_of_the_public_table_are_read_as_expected()
    {
        var file = Above(Path.Combine("shared", "data", "dotenv-scenarios.json"));
        Assert.SkipWhen(file is null, "shared/data/dotenv-scenarios.json is not beside this repository.");
        var failed = new List<string>();
        var cases = JsonDocument.Parse(File.ReadAllText(file!)).RootElement.EnumerateArray().ToList();
        foreach (var scenario in cases)
        {
            var bytes = scenario.TryGetProperty("env", out var env) && env.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(env.GetString()!) : scenario.GetProperty("envBase64").GetBytesFromBase64();
            var table = DotEnvTable.Read(".env", bytes, false, static name => name == "MACHINE" ? "machine" : null);
            var expected = scenario.GetProperty("expected").EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetString());
            // The process's own variables are stronger than the file's, in the layers as in the table.
            var actual = table.Values.Values.ToDictionary(static v => v.Key, static v => v.Key == "MACHINE" ? "machine" : v.Value);
            if (!expected.OrderBy(static p => p.Key, StringComparer.Ordinal).SequenceEqual(actual.OrderBy(static p => p.Key, StringComparer.Ordinal)))
                failed.Add($"{scenario.GetProperty("name").GetString()}: {JsonSerializer.Serialize(actual)}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{cases.Count - failed.Count} of {cases.Count}; not: {string.Join("; ", failed)}");
        Assert.True(cases.Count - failed.Count >= 80, string.Join("\n", failed));
        var page = File.ReadAllText(Above(Path.Combine("docs", "dotenv.md"))!);
        Assert.All(failed, name => Assert.Contains($"`{name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..name.IndexOf(':', StringComparison.Ordinal)]}`", page, StringComparison.Ordinal));
    }

    private static string? Above(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, path);
            if (File.Exists(file)) return file;
        }

        return null;
    }

    [Fact]
    public void A_real_file_is_read_with_places()
    {
        var table = Read(Real);
        Assert.Empty(table.Faults);
        var values = table.Values;
        Assert.Equal("https://example.org:8080/api", values["URL"].Value);
        Assert.Equal("s3cr#t $no", values["KEY"].Value);
        Assert.Equal("-----BEGIN\nabc\n\"def\"\n-----END", values["CERT"].Value);
        Assert.Equal(("5", 9, 19), (values["Content:MaxItems"].Value, values["Content:MaxItems"].Line, values["Content:MaxItems"].Column));
        Assert.Equal(("yaml style", "", "back \"quoted\" 'value'"), (values["NAME"].Value, values["EMPTY"].Value, values["T"].Value));
    }

    [Theory]
    [InlineData("A=pass#word", "pass#word")]
    [InlineData("A=pass #word", "pass")]
    [InlineData("A=#word", "#word")]
    [InlineData("A= # word", "")]
    [InlineData("A='it''", null)]
    [InlineData("A=a'b'c", "a'b'c")]
    [InlineData("A=it's", "it's")]
    [InlineData("A=\"a\\tb\\\\n\\q\"", "a\tb\\n\\q")]
    [InlineData("A='a\\tb'", "a\\tb")]
    [InlineData("A=`a\\tb`", "a\\tb")]
    [InlineData("A=\"\\$B ${B}\"", "$B ")]
    [InlineData("A=$ $1 ${", null)]
    [InlineData("A=$ $1", "$ $1")]
    [InlineData("A=a$", "a$")]
    [InlineData("B=1\nA=${B:+yes}${C:+no}${B+set}${C+unset}", "yesset")]
    [InlineData("B=\nA=${B:-x}|${B-x}|${B:+x}|${B+x}", "x|||x")]
    [InlineData("B=1\nA=${B:?missing}", "1")]
    [InlineData("A=$B\nB=later", "later")]
    [InlineData("A=$A", "")]
    [InlineData("A=1\nA=$A:2\nA=$A:3", "1:2:3")]
    [InlineData("A=1\r\nB=2\r\n", "1")]
    [InlineData("A=1\rB=2\r", "1")]
    [InlineData("\uFEFFA=1", "1")]
    [InlineData("A=\"one\r\ntwo\"", "one\ntwo")]
    [InlineData("export A=1", "1")]
    [InlineData("export\tA=1", "1")]
    [InlineData("A=\"x\"#comment", "x")]
    [InlineData("A=${B:-{\"a\": 1}", "{\"a\": 1")]
    public void Lines_are_read_as_the_dialect_says(string text, string? expected)
    {
        var table = Read(text);
        if (expected is null) Assert.Contains(table.Faults, static f => f.Severity == MessageSeverity.Error);
        else Assert.Equal((expected, 0), (table.Values["A"].Value!, table.Faults.Count(static f => f.Severity == MessageSeverity.Error)));
    }

    [Theory]
    [InlineData("A=1\nnonsense\nB=2", 2, 1)]
    [InlineData("=x", 1, 1)]
    [InlineData("A=\"x\" y", 1, 6)]
    [InlineData("A=$(whoami)", 1, 3)]
    [InlineData("A=\"$(whoami)\"", 1, 4)]
    [InlineData("A=${B:?not there}", 1, 3)]
    [InlineData("A=$B\nB=$A", 2, 3)]
    [InlineData("A=${B", 1, 3)]
    public void What_cannot_be_read_is_a_fault_with_its_place(string text, int line, int column)
    {
        var fault = Assert.Single(Read(text).Faults);
        Assert.Equal(("DTK7030", MessageSeverity.Error, line, column), (fault.Code, fault.Severity, fault.Line, fault.Column));
    }

    [Theory]
    [InlineData("A=pass#word", 1, 7)]
    [InlineData("A=x\nB=$A", 2, 3)]
    [InlineData("A=\"open", 1, 3)]
    public void Strict_mode_refuses_what_tools_read_differently(string text, int line, int column)
    {
        Assert.Empty(Read(text).Faults);
        var fault = Assert.Single(Read(text, isStrict: true).Faults);
        Assert.Equal(("DTK7031", line, column), (fault.Code, fault.Line, fault.Column));
    }

    [Fact]
    public void A_key_that_is_set_twice_is_reported_and_the_last_counts()
    {
        var table = Read("A=1\nb=2\na=3");
        var fault = Assert.Single(table.Faults);
        Assert.Equal(("DTK7032", MessageSeverity.Warning, 3), (fault.Code, fault.Severity, fault.Line));
        Assert.Equal("3", table.Values["A"].Value);
    }

    [Fact]
    public void The_process_is_stronger_than_the_file_in_expansions() => Assert.Equal("p", Read("A=f\nB=$A", false, ("A", "p")).Values["B"].Value);

    [Fact]
    public void Expansion_is_bounded()
    {
        var laughs = new StringBuilder("L0=0123456789\n");
        for (var i = 1; i < 30; i++) laughs.Append('L').Append(i).Append('=').Append(string.Concat(Enumerable.Repeat($"${{L{i - 1}}}", 10))).Append('\n');
        Assert.Contains(Read(laughs.ToString()).Faults, static fault => fault.Text.Contains("grows by expansion", StringComparison.Ordinal));

        var square = string.Concat(Enumerable.Range(0, 200_000).Select(static i => "K=${K}0123456789\n"));
        Assert.Contains(Read(square).Faults, static fault => fault.Text.Contains("all values together", StringComparison.Ordinal));

        var nested = "A=" + string.Concat(Enumerable.Repeat("${B:-", 100_000)) + "x" + new string('}', 100_000);
        Assert.Contains(Read(nested).Faults, static fault => fault.Text.Contains("nests more than", StringComparison.Ordinal));

        var chain = string.Concat(Enumerable.Range(0, 100_000).Select(static i => $"C{i}=$C{i + 1}\n"));
        Assert.Contains(Read(chain).Faults, static fault => fault.Text.Contains("set further down", StringComparison.Ordinal));
    }

    [Fact]
    public void Mutated_files_never_throw() =>
        Gen.Select(Mutations.Of([Real], [.. "${}:-?+\"'`\\\n\r#= ".Select(char.ToString)], atMost: 5), Gen.OneOf(Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8), Gen.Int[0, 9999], Gen.Byte, Gen.Bool, Gen.Bool)
            .Sample(
                static (text, encoding, place, any, isDamaged, isStrict) =>
                {
                    byte[] content = [.. encoding.Preamble, .. encoding.GetBytes(text)];
                    if (isDamaged) content[place * content.Length / 10_000] = any;
                    Assert.All(DotEnvFile.Read(content, isStrict).Values.Values, static value => Assert.NotNull(value.Value));
                },
                iter: FullRun.Times(5_000, full: 200_000));

    [Theory]
    [InlineData("KEY{0}=value {0}\n")]
    [InlineData("KEY{0}=\"open\n")]
    [InlineData("KEY{0}='x' y `\n")]
    [InlineData("KEY{0}='\\'x\n")]
    [InlineData("KEY{0}=\"x\nKEY{0}='\nKEY{0}=`\n")]
    [InlineData("KEY{0}=${KEY:-${HOME:-x}}$KEY\n")]
    [InlineData("=\n")]
    public void Work_grows_with_the_file(string line)
    {
        long Measure(int bytes)
        {
            var text = new StringBuilder();
            for (var i = 0; text.Length < bytes; i++) text.Append(line.Replace("{0}", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
            var content = text.ToString();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Read(content);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure(10_000);
        var half = FullRun.Times(1_000_000, full: 5_000_000);
        Assert.InRange(Measure(2 * half) / (double)Measure(half), 1, 3.5);
    }
}
