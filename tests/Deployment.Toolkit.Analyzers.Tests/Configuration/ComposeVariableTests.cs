using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class ComposeVariableTests
{
    private const string Code =
        """
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        public class SmtpOptions { public string? Host { get; set; } public int Port { get; set; } }
        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration) =>
                services.Configure<SmtpOptions>(configuration.GetSection("Smtp"));
        }
        """;

    private const string Everything =
        """
        # What runs beside the app.
        version: "3.9"
        x-common: &common
          Smtp__Wrong0: 1
        services:
          web:
            build:
              context: .
              dockerfile: Dockerfile
            ports: ["80:80"]
            environment: &env
              Smtp__Host: mail # a comment
              {|DTK1012:Smtp__Hots|}: "mail"
              "{|DTK1012:Smtp__Prot|}": '25'
              {|DTK1012:Smtp:Pott|}: 25
              Text__Block: |
                Smtp__Wrong1: 1
              <<: *common
              PLAIN: 1
          listed:
            build: .
            environment:
            - {|DTK1012:Smtp__Hots|}=mail
            - "{|DTK1012:Smtp__Prot|}=25"
            - {|DTK1012:Smtp__Passed|}
            - Smtp__Host=a=b
            depends_on:
            - Smtp__Wrong2=1
          inline:
            build: ./
            environment: { {|DTK1012:Smtp__Hots|}: "a, b", Smtp__Port: 25, '{|DTK1012:Smtp__Prot|}': 1 }
          row:
            environment: [ "{|DTK1012:Smtp__Hots|}=a", Smtp__Port=25 ]
        volumes:
          environment:
            Smtp__Wrong3: 1

        """;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public Task Maps_and_lists_of_services_that_are_built_here_are_read(string end) => Verify("compose.yml", Everything.ReplaceLineEndings(end));

    [Theory]
    [InlineData("docker-compose.override.yaml")]
    [InlineData("compose-dev.yml")]
    public Task Every_usual_name_of_the_file_is_known(string name) => Verify(name, "services:\n  web:\n    environment:\n      {|DTK1012:Smtp__Hots|}: a\n");

    [Fact]
    public Task A_context_above_is_this_project_when_its_dockerfile_stands_here() => Verify(
        "compose.yml", "services:\n  web:\n    build:\n      context: ..\n      dockerfile: Shop/Dockerfile\n    environment:\n      {|DTK1012:Smtp__Hots|}: a\n");

    [Theory]
    [InlineData("compose.yml", "services:\n  db:\n    image: postgres\n    environment:\n      Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  other:\n    build: ../other\n    environment:\n      Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  other:\n    build:\n      context: ..\n      dockerfile: Other/Dockerfile\n    environment:\n      Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  web:\n    build: ${CONTEXT}\n    environment:\n      Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  web:\n    build: .\n    labels:\n      Smtp__Hots: a\n    command: |\n      environment:\n        Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  web:\n    build: .\n    environment:\n      Airflow__Core: a\n      SMTP_HOTS: a\n      ASPNETCORE_URLS: a\n      Logging__LogLevel__Defualt: a\n      Smtp__${NAME}: a\n      # Smtp__Hots: a\n")]
    [InlineData("compose.yml", "services:\n  web:\n    build: .\n    environment:\n      # dtk-disable-next-line DTK1012: read by the entry script\n      Smtp__Hots: a\n")]
    [InlineData("composer.yml", "services:\n  web:\n    environment:\n      Smtp__Hots: a\n")]
    [InlineData("pipeline.yml", "services:\n  web:\n    environment:\n      Smtp__Hots: a\n")]
    public Task What_is_of_other_services_or_no_variable_of_a_section_is_silent(string name, string text) => Verify(name, text);

    [Theory]
    [InlineData("Host=postgers;Database=shop", true)]
    [InlineData("Server=tcp:postgers,1433;Database=shop", true)]
    [InlineData("http://catalgo:8080/items", true)]
    [InlineData("amqp://guest:guest@catalgo", true)]
    [InlineData("catalgo:6379", true)]
    [InlineData("locahost:6379", true)]
    [InlineData("http://locahost", true)]
    [InlineData("Host=postgres;Database=postgers", false)]
    [InlineData("http://catalog:8080", false)]
    [InlineData("http://shop-db:8080", false)]
    [InlineData("http://kiosk", false)]
    [InlineData("http://catalgo.example.com", false)]
    [InlineData("http://${HOST}", false)]
    [InlineData("catalgo", false)]
    [InlineData("http://catalogue-cache", false)]
    public async Task A_host_that_is_nearly_one_of_the_services_is_reported(string value, bool isReported)
    {
        var marked = isReported ? $"{{|DTK1012:{value}|}}" : value;
        await Verify("compose.yml", $"services:\n  web:\n    build: .\n    environment:\n      TARGET: \"{marked}\"\n  postgres:\n    image: postgres\n    container_name: shop-db\n  catalog:\n    image: catalog\n");
        // Of a file that adds to another one's services, not all are known.
        await Verify("compose.override.yml", $"services:\n  web:\n    environment:\n      TARGET: \"{value}\"\n  postgres:\n    ports: []\n  catalog:\n    ports: []\n");
    }

    [Theory]
    [InlineData("{|DTK1012:enviroment|}:\n      A: b")]
    [InlineData("{|DTK1012:depend_on|}: [db]")]
    [InlineData("{|DTK1012:helthcheck|}: {}")]
    [InlineData("x-enviroment: {}")]
    [InlineData("dependson: x # dtk-disable DTK1012: read by our own tool")]
    [InlineData("scale: 3")]
    public Task A_property_of_a_service_that_compose_does_not_know_is_reported(string property) =>
        Verify("compose.yml", $"services:\n  web:\n    build: .\n    {property}\n  db:\n    image: postgres\n");

    [Fact]
    public async Task Passwords_of_containers_are_no_committed_secrets()
    {
        var test = new SettingsTest<CommittedSecretAnalyzer> { TestCode = Code };
        test.TestState.AdditionalFiles.Add(("/0/Shop/compose.yml", "services:\n  db:\n    build: .\n    environment:\n      POSTGRES_PASSWORD: hunter2\n"));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_spans_hold_the_names()
    {
        var text = Everything.Replace("{|DTK1012:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);
        for (var length = 0; length <= text.Length; length++)
        {
            Check(text[..length]);
            Check(text[length..]);
        }

        const string Alphabet = ":-#\"'{}[],&*! \t\n\r=a_|";
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var characters = text.ToCharArray();
            for (var j = random.Next(1, 6); j > 0; j--)
            {
                characters[random.Next(characters.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            Check(new string(characters));
        }
    }

    private static void Check(string text)
    {
        foreach (var variable in ComposeReader.Read("/0/Shop/compose.yml", SourceText.From(text)).Variables)
        {
            Assert.Equal(variable.Name, text.Substring(variable.NameSpan.Start, variable.NameSpan.Length));
            Assert.Equal(variable.Value, text.Substring(variable.ValueSpan.Start, variable.ValueSpan.Length));
        }
    }

    private static Task Verify(string name, string text)
    {
        var test = new SettingsTest<VariableAnalyzer> { TestCode = Code };
        test.TestState.AdditionalFiles.Add(("/0/Shop/" + name, text));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
