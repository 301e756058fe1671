using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Options;

namespace Deployment.Toolkit.Reference;

/// <summary>The texts that are made of the registered options.</summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class OptionsFiles(OwnedSections owned, string documentation)
{
    internal (string Template, string Schema) Render(string schemaName)
    {
        var sections = Sections();
        return (OptionsTemplate.Of(sections, schemaName), Schema(sections));
    }

    internal string Page(Func<string, string> whoSets) => OptionsPage.Of(Sections(), whoSets);

    private List<(OptionsRegistration, OptionDescription)> Sections()
    {
        if (owned.Registrations.Count == 0)
        {
            throw DeploymentException.Refused(
                Codes.RegistrationInvalid,
                "The app binds no section strictly, so nothing is known of its configuration. Register options with "
                    + ".AddValidatedOptions<TOptions>(\"Section\") on AddDeployment()."
            );
        }

        var reference = new OptionsReference(new XmlSummaries(documentation));
        return
        [
            .. owned
                .Registrations.OrderBy(static registration => registration.Section, StringComparer.OrdinalIgnoreCase)
                .Select(registration => (registration, reference.Describe(registration))),
        ];
    }

    private static string Schema(List<(OptionsRegistration, OptionDescription)> sections)
    {
        using var stream = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                stream,
                new JsonWriterOptions
                {
                    Indented = true,
                    NewLine = "\n",
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            OptionsSchema.Of(sections).WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
