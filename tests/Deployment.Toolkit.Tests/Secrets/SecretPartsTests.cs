using CsCheck;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Tests.Secrets;

public sealed class SecretPartsTests
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%()*+-.:<>[]^_{|}~äöü";

    private static readonly string[] Dialects =
    [
        "Host=db;Port=5432;Username=app;Password={0};SSL Mode=Require",
        "Server=tcp:db.example,1433;Initial Catalog=content;User ID=app;Pwd='{0}';Encrypt=True",
        "Data Source=content.db;Password=\"{0}\";Cache=Shared",
        "DefaultEndpointsProtocol=https;AccountName=content;AccountKey={0};EndpointSuffix=core.example",
        "Endpoint=sb://bus.example/;SharedAccessKeyName=send;SharedAccessKey={0}",
        "cache:6379,cache2:6379,password={0},ssl=true,abortConnect=false",
        "postgres://app:{0}@db.example:5432/content?sslmode=require",
        "amqp://app:{0}@queue",
        "https://files.example/report.pdf?sv=2024&sig={0}&se=2030",
        "https://api.example/v1?api_key={0}",
        "User ID=app ; Password = {0} ; Timeout = 30",
    ];

    public static TheoryData<string> AllDialects => [.. Dialects];

    [Theory]
    [MemberData(nameof(AllDialects))]
    public void A_password_is_found_in_every_dialect(string dialect) =>
        Assert.Contains("pa55-Wort", SecretParts.Of(string.Format(System.Globalization.CultureInfo.InvariantCulture, dialect, "pa55-Wort")));

    [Theory]
    [InlineData("Host=db;Password=pa55-Wort;and then nothing that is a pair")]
    [InlineData("Password=pa55-Wort;'unclosed")]
    [InlineData("Password=\"pa55-Wort")]
    [InlineData("=;=;Password=pa55-Wort;=")]
    [InlineData("postgres://app:pa55/Wort@db:notaport/x", "pa55/Wort")]
    [InlineData("host=a port=b password=pa55-Wort")]
    public void A_password_is_found_in_what_no_driver_would_take(string value, string password = "pa55-Wort") => Assert.Contains(password, SecretParts.Of(value));

    [Theory]
    [InlineData("Data Source=content.db")]
    [InlineData("Host=db;Database=content;Integrated Security=true;Password=")]
    [InlineData("http://localhost:5000/@user")]
    [InlineData("http://*:5000;https://*:5001")]
    [InlineData("https://content.example/a?page=2&sort=title")]
    [InlineData("a == b && c == d")]
    public void Nothing_is_found_where_nothing_is(string value) => Assert.Empty(SecretParts.Of(value));

    // What stands right behind the password says where it ends; everything further on may be anything.
    [Fact]
    public void Mutated_connection_strings_never_throw_and_keep_no_password_back() =>
        Gen.OneOf(Dialects).SelectMany(static dialect => dialect.Split("{0}") is [var before, var after]
                ? Gen.Select(
                    Gen.Const(before),
                    Gen.Char[Letters].Array[8, 29].Select(static letters => new string(letters)),
                    after.Length == 0 ? Gen.Const("") : Mutations.Of([after[1..]], [.. "=;\"',& @:/".Select(char.ToString)], atMost: 3).Select(further => after[0] + further))
                : throw new InvalidOperationException(dialect))
            .Sample(
                static (before, password, after) =>
                {
                    var parts = SecretParts.Of(before + password + after);
                    Assert.True(parts.Any(part => part.Contains(password, StringComparison.Ordinal) && (part.Length == password.Length || parts.Contains(password))), string.Join(" | ", parts));
                },
                iter: FullRun.Times(5_000, full: 200_000));

    [Fact]
    public void Anything_at_all_never_throws() =>
        Gen.OneOf(Gen.Char["=;,&\"'@:/?#% \0passwordtokenö\ud800"], Gen.Frequency((9, Gen.Const('=')), (1, Gen.Char))).Array[0, 60]
            .Sample(static text => Assert.All(SecretParts.Of(new string(text)), static part => Assert.NotEmpty(part)), iter: FullRun.Times(5_000, full: 200_000));

    [Theory]
    [InlineData("password=x,")]
    [InlineData("password=")]
    [InlineData("a=b;password='x';")]
    [InlineData("http://a:b@")]
    [InlineData("://")]
    [InlineData("@:")]
    [InlineData("=")]
    public void Work_grows_with_the_text(string piece)
    {
        long Measure(int characters)
        {
            var text = string.Concat(Enumerable.Repeat(piece, characters / piece.Length));
            var before = GC.GetAllocatedBytesForCurrentThread();
            SecretParts.Of(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure(10_000);
        var half = FullRun.Times(1_000_000, full: 5_000_000);
        Assert.InRange((Measure(2 * half) + 1_000_000) / (double)(Measure(half) + 1_000_000), 0.5, 3.5);
    }
}
