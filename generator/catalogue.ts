// The company on paper: suppliers, products, cities and posts. Invented, and without the name of any person.
// Prices are in cents. Popularity is a weight: 12 sells about twelve times as often as 1.

export interface Supplier {
  supplierId: number;
  name: string;
  taxId: string;
}

export interface Product {
  productId: number;
  sku: string;
  name: string;
  supplierId: number;
  unitPriceCents: number;
  popularity: number;
}

export type Role = "ADMIN" | "MANAGER" | "PHARMACIST" | "CASHIER";

/** Who works in a new branch. Head office, the first branch, has an ADMIN as well. */
export const branchPosts: readonly Role[] = [
  "MANAGER",
  "PHARMACIST",
  "PHARMACIST",
  "CASHIER",
  "CASHIER",
  "CASHIER",
  "CASHIER",
];

const cities = [
  "Lima",
  "Arequipa",
  "Cusco",
  "Trujillo",
  "Piura",
  "Chiclayo",
  "Iquitos",
  "Huancayo",
  "Tacna",
  "Puno",
  "Ica",
  "Cajamarca",
  "Ayacucho",
  "Pucallpa",
  "Chimbote",
  "Tarapoto",
  "Juliaca",
  "Moquegua",
  "Tumbes",
  "Huaraz",
] as const;

const supplierNames = [
  "Demo Laboratorios Andinos",
  "Demo Distribuidora Costa Norte",
  "Demo Genericos del Sur",
  "Demo Cuidado Personal",
  "Demo Insumos Medicos",
  "Demo Vitaminas y Suplementos",
] as const;

/** Name, price in cents, popularity, supplier. */
const productLines: readonly (readonly [name: string, cents: number, popularity: number, supplier: number])[] = [
  ["Paracetamol 500 mg x 20", 390, 12, 1],
  ["Ibuprofen 400 mg x 20", 650, 11, 1],
  ["Naproxen 550 mg x 10", 890, 6, 1],
  ["Diclofenac gel 1% 30 g", 1190, 5, 1],
  ["Amoxicillin 500 mg x 21", 1575, 7, 2],
  ["Azithromycin 500 mg x 3", 1290, 5, 2],
  ["Ciprofloxacin 500 mg x 10", 1120, 4, 2],
  ["Cephalexin 500 mg x 20", 2340, 3, 2],
  ["Clotrimazole cream 1% 20 g", 985, 3, 2],
  ["Omeprazole 20 mg x 14", 1050, 9, 3],
  ["Loratadine 10 mg x 10", 560, 8, 3],
  ["Cetirizine 10 mg x 10", 590, 7, 3],
  ["Salbutamol inhaler 100 mcg", 1890, 4, 3],
  ["Ambroxol syrup 120 ml", 1345, 6, 3],
  ["Metformin 850 mg x 30", 1480, 7, 3],
  ["Losartan 50 mg x 30", 1790, 8, 3],
  ["Enalapril 10 mg x 30", 1240, 6, 3],
  ["Amlodipine 5 mg x 30", 1365, 6, 3],
  ["Atorvastatin 20 mg x 30", 2690, 6, 3],
  ["Levothyroxine 100 mcg x 50", 3275, 4, 3],
  ["Aspirin 100 mg x 30", 745, 7, 1],
  ["Oral rehydration salts x 5", 825, 6, 1],
  ["Loperamide 2 mg x 12", 615, 4, 1],
  ["Antacid suspension 200 ml", 1465, 5, 1],
  ["Vitamin C 1 g effervescent x 10", 1195, 9, 6],
  ["Vitamin D3 1000 IU x 60", 3590, 4, 6],
  ["Multivitamin x 30", 2985, 5, 6],
  ["Iron sulphate 300 mg x 30", 1075, 3, 6],
  ["Magnesium citrate 400 mg x 60", 3995, 3, 6],
  ["Folic acid 5 mg x 30", 480, 3, 6],
  ["Surgical masks x 50", 1250, 5, 5],
  ["Alcohol 70% 500 ml", 690, 7, 5],
  ["Gauze pads 10 x 10 cm x 10", 430, 4, 5],
  ["Digital thermometer", 2490, 2, 5],
  ["Blood pressure monitor", 14990, 1, 5],
  ["Glucose test strips x 50", 7450, 2, 5],
  ["Sunscreen SPF 50 60 ml", 4590, 3, 4],
  ["Toothpaste 90 g", 645, 8, 4],
  ["Baby wipes x 80", 995, 6, 4],
  ["Shampoo 400 ml", 1835, 5, 4],
];

export const suppliers: readonly Supplier[] = supplierNames.map((name, index) => ({
  supplierId: index + 1,
  name,
  taxId: supplierTaxId(index + 1),
}));

export const products: readonly Product[] = productLines.map(
  ([name, unitPriceCents, popularity, supplierId], index) => ({
    productId: index + 1,
    sku: productSku(index + 1),
    name,
    supplierId,
    unitPriceCents,
    popularity,
  }),
);

const newProductLines = ["Cough drops x 24", "Hand cream 75 ml", "Knee support", "Zinc 15 mg x 60", "Eye drops 15 ml"];

/** The nth product the chain takes on after it has opened, from 0; what it does not say is the company's to choose. */
export function newProductName(index: number): string {
  const name = newProductLines[index % newProductLines.length] as string;
  return index < newProductLines.length ? name : `${name}, pack ${Math.floor(index / newProductLines.length) + 1}`;
}

export function productSku(productId: number): string {
  return `SKU-${String(productId).padStart(4, "0")}`;
}

export function newSupplier(supplierId: number): Supplier {
  return { supplierId, name: `Demo Proveedor ${supplierId}`, taxId: supplierTaxId(supplierId) };
}

/** No shape of a real tax number, so it can be nobody's. */
function supplierTaxId(supplierId: number): string {
  return `DEMO-${String(supplierId).padStart(6, "0")}`;
}

/** Where the nth branch is, from 0. After the last city a second branch opens in the first one. */
export function branchPlace(index: number): { code: string; name: string; city: string; slug: string } {
  const city = cities[index % cities.length] as string;
  const round = Math.floor(index / cities.length) + 1;
  return {
    code: `${city.slice(0, 3).toUpperCase()}${String(index + 1).padStart(3, "0")}`,
    name: round === 1 ? `Farmacia ${city}` : `Farmacia ${city} ${round}`,
    city,
    slug: round === 1 ? city.toLowerCase() : `${city.toLowerCase()}${round}`,
  };
}
